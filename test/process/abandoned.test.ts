import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isAbandoned, removeAbandoned } from '../../src/process/abandoned.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const HOUR = 3_600_000;
const now = 100 * HOUR;
const booted = now - 10 * HOUR;

test.for([
  ['older than the machine’s start', now - 11 * HOUR, [], true],
  ['an hour old, with no git that runs', now - HOUR, [], true],
  ['older than every git that runs', now - HOUR, [now - 60_000, now - HOUR + 5_000], true],
  ['younger than a git that runs', now - HOUR, [now - 60_000, now - HOUR - 1], false],
  ['made in the same moment as a git started', now - HOUR, [now - HOUR + 1], false],
  ['made just now', now - 30_000, [], false],
  ['from the future', now + HOUR, [], false],
] as const)('a lock %s', ([, madeAt, started, abandoned]) => {
  expect(isAbandoned({ now, booted, started }, madeAt)).toBe(abandoned);
});

test('a git that runs keeps what it may have made; what is older than the machine’s start goes', async () => {
  const directory = temporaryDirectory('locks');
  const lock = join(directory, 'index.lock');
  const git = spawn('git', ['init', '--quiet', directory], { stdio: 'ignore' });
  await once(git, 'exit');
  const batch = spawn('git', ['cat-file', '--batch'], { cwd: directory, stdio: 'pipe' });
  onTestFinished(() => void batch.kill('SIGKILL'));
  await once(batch, 'spawn');
  writeFileSync(lock, '');
  expect(removeAbandoned(lock)).toBe(false);
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  utimesSync(lock, 0, 0);
  expect(removeAbandoned(lock)).toBe(true);
  expect(told).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(lock));
  told.mockRestore();
  expect(existsSync(lock)).toBe(false);
  expect(removeAbandoned(lock)).toBe(false);
});
