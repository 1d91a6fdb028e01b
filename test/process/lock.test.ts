import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { identify } from '../../src/process/identity.ts';
import { acquireLock, LockedError } from '../../src/process/lock.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const run = promisify(execFile);
const LOCK = join(import.meta.dirname, '..', '..', 'src', 'process', 'lock.ts');

it('a lock is had by one process, and by the next after it was given back', () => {
  const directory = temporaryDirectory('lock');
  const release = acquireLock(directory);
  expect(() => acquireLock(directory)).toThrow(LockedError);
  release();
  acquireLock(directory)();
});

it('names its holder', () => {
  const directory = temporaryDirectory('lock');
  acquireLock(directory);
  try {
    acquireLock(directory);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ holder: identify(process.pid) });
  }
});

it.each([
  ['of a dead process', JSON.stringify({ pid: 4_194_303, started: 'long ago' })],
  [
    'of a dead process whose pid lives on in another',
    JSON.stringify({ pid: 1, started: 'long ago' }),
  ],
  ['cut short by a full disk', '{"pid": 12'],
])('a lock %s is taken over', (_, content) => {
  const directory = temporaryDirectory('lock');
  writeFileSync(join(directory, 'lock.7'), content);
  const release = acquireLock(directory);
  expect(() => acquireLock(directory)).toThrow(LockedError);
  release();
});

it('of many that take over a stale lock at once, one has it', async () => {
  const directory = temporaryDirectory('lock');
  writeFileSync(join(directory, 'lock.7'), JSON.stringify({ pid: 1, started: 'long ago' }));
  // Each tries again and again until a common deadline, and the winner holds on beyond it.
  const program = `
    import { acquireLock } from ${JSON.stringify(LOCK)};
    const deadline = ${Date.now() + 3_000};
    const rest = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.max(1, deadline - Date.now()));
    while (Date.now() < deadline - 1_500) {}
    try { acquireLock(${JSON.stringify(directory)}); console.log('mine'); rest(); }
    catch (error) { console.log(error.name); rest(); }`;
  const outputs = await Promise.all(
    Array.from({ length: 6 }, () =>
      run(process.execPath, ['--input-type=module-typescript', '-e', program]),
    ),
  );
  const words = outputs.map(({ stdout }) => stdout.trim()).sort();
  expect(words).toEqual([...Array(5).fill('LockedError'), 'mine']);
});
