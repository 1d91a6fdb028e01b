import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { identify } from '../../src/process/identity.ts';
import { acquireLock, LockedError } from '../../src/process/lock.ts';
import { temporaryDirectory } from '../support/temporary.ts';

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
  const go = join(directory, 'go');
  // All are there before the first may begin, and none ends before the last has tried.
  const program = `
    import { existsSync } from 'node:fs';
    import { acquireLock } from ${JSON.stringify(LOCK)};
    process.send('ready');
    while (!existsSync(${JSON.stringify(go)})) {}
    try { acquireLock(${JSON.stringify(directory)}); process.send('mine'); }
    catch (error) { process.send(error.name); }
    process.once('disconnect', () => process.exit());`;
  const file = join(directory, 'take.ts');
  writeFileSync(file, program);
  const children = Array.from({ length: 6 }, () => fork(file, { execArgv: [] }));
  onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const words = () => Promise.all(children.map(async (child) => (await once(child, 'message'))[0]));
  await words();
  const told = words();
  writeFileSync(go, '');
  expect((await told).sort()).toEqual([...Array(5).fill('LockedError'), 'mine']);
});
