import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { agentEnvironment } from '../../src/agents/turn/environment.ts';
import { inspectWork } from '../../src/git/worktree/work.ts';
import { addWorktree } from '../../src/git/worktree/worktrees.ts';
import {
  clearTemporary,
  makeTemporary,
  temporaryRoot,
  withTemporary,
} from '../../src/process/temporary.ts';
import { createRepository, run, write } from '../support/git-repository.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** A directory for temporary files that somebody removes under a process that has it. */
function vanished(): string {
  const directory = join(temporaryDirectory('vanishing'), 'tmp');
  vi.stubEnv('TMPDIR', directory);
  onTestFinished(() => void vi.unstubAllEnvs());
  return directory;
}

test('a directory for temporary files that vanished is made again, for us, for agents and for commands', async () => {
  const repository = createRepository();
  const location = repository.location(124);
  const base = { branch: 'main', tip: run(repository.remote, 'rev-parse', 'main') };
  await addWorktree(location, { tip: base.tip });
  write(location.worktree, { 'new.txt': 'new\n' });
  const directory = vanished();
  expect((await inspectWork(location, base)).diff).toMatchObject({ files: 1, insertions: 1 });
  rmSync(directory, { recursive: true });
  const seen = agentEnvironment(process.env, { variables: [] }, { env: [] }, 'origin');
  expect(seen.TMPDIR).toBe(directory);
  expect(existsSync(directory)).toBe(true);
});

test('where it can’t be made, the system’s own is taken', () => {
  const file = join(temporaryDirectory('blocked'), 'file');
  writeFileSync(file, '');
  const directory = join(file, 'tmp');
  expect(temporaryRoot(directory)).toBe('/tmp');
  expect(withTemporary({ TMPDIR: directory, PATH: '/bin' })).toEqual({
    ...{ TMPDIR: '/tmp', PATH: '/bin' },
  });
  expect(withTemporary({ PATH: '/bin' })).toEqual({ PATH: '/bin' });
});

test('what a killed process left is removed when it is old; what runs, is young, or is another’s stays', async () => {
  const root = vanished();
  const killed = spawn('sleep', ['60']);
  const ended = once(killed, 'exit');
  const stay = [makeTemporary('incoming'), join(root, 'coppice-notes-of-mine')];
  const left = join(root, `coppice-borrowed-${killed.pid}-aB3dE6`);
  for (const directory of [...stay, left]) mkdirSync(join(directory, 'refs'), { recursive: true });
  const later = Date.now() + 2 * 3_600_000;
  expect(await clearTemporary(later)).toEqual([]);
  killed.kill('SIGKILL');
  await ended;
  expect(await clearTemporary()).toEqual([]);
  expect(await clearTemporary(later)).toEqual([left]);
  expect(
    readdirSync(root)
      .map((name) => join(root, name))
      .sort(),
  ).toEqual(stay.sort());
});
