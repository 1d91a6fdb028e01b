import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { restack } from '../../../src/git/rebase/restack.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import {
  closeBaseline,
  recordBaseline,
  runSetupCommands,
} from '../../../src/git/worktree/baseline.ts';
import { baselineRef } from '../../../src/git/worktree/baseline-record.ts';
import { removeWorktree } from '../../../src/git/worktree/remove.ts';
import { inspectWork } from '../../../src/git/worktree/work.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { createRepository, noToken, run, write } from '../../support/git-repository.ts';

const LOCK = 'lock.json';

/** A session in a repository where `old.csv` was committed with line ends that .gitattributes does not want. */
async function session() {
  const repository = createRepository({
    'README.md': '# app\n',
    [LOCK]: '1\n',
    'old.csv': 'a\r\nb\r\n',
  });
  const { checkout, remote } = repository;
  write(checkout, { '.gitattributes': '*.csv text eol=lf\n' });
  run(checkout, 'add', '.gitattributes');
  run(checkout, 'commit', '--quiet', '-m', 'attributes');
  run(checkout, 'push', '--quiet', 'origin', 'HEAD:main');
  const location = repository.location(124);
  const base = { branch: 'main', tip: run(remote, 'rev-parse', 'main') };
  await addWorktree(location, { tip: base.tip });
  // Git sees it as soon as it has to look twice.
  write(location.worktree, { 'old.csv': 'a\r\nb\r\n' });
  await recordBaseline(location, false);
  const look = async () => (await inspectWork(location, base)).uncommitted;
  const setUp = (files: Readonly<Record<string, string>>) =>
    runSetupCommands(location, async () => write(location.worktree, files));
  const remove = () =>
    removeWorktree(location, {
      headSha: run(location.worktree, 'rev-parse', 'HEAD'),
      keepIn: join(repository.root, 'kept'),
      tokens: noToken,
    });
  return { ...repository, location, base, look, setUp, remove };
}

test('what checkout and setup leave changed is nobody’s work; what is changed after that is', async () => {
  const { location, look, setUp, base } = await session();
  expect(run(location.worktree, 'status', '--porcelain')).toBe(' M old.csv');
  expect(await look()).toBe(0);
  await setUp({ [LOCK]: '2\n', 'generated.txt': 'made by setup\n' });
  await closeBaseline(location);
  expect(await inspectWork(location, base)).toMatchObject({ uncommitted: 0, diff: { files: 0 } });

  write(location.worktree, { [LOCK]: '3\n', 'new.txt': '' });
  expect(await look()).toBe(2);
  write(location.worktree, { 'old.csv': 'a\r\nb\r\nc\r\n', 'generated.txt': 'agent\n' });
  expect(await look()).toBe(4);
});

test('what setup does to files whose names are not UTF-8 is nobody’s work, and a rebase keeps it', async () => {
  const { location, base, look, commitElsewhere } = await session();
  const name = (letter: number) => Buffer.from([0x63, 0x61, 0x66, letter]);
  const at = (directory: string, letter: number) =>
    Buffer.concat([Buffer.from(`${directory}/`), name(letter)]);
  writeFileSync(at(location.worktree, 0xe9), 'tracked\n');
  run(location.worktree, 'add', '--all');
  run(location.worktree, 'commit', '--quiet', '-m', 'named by its bytes');
  await runSetupCommands(location, async () => {
    for (const letter of [0xe9, 0xe8]) writeFileSync(at(location.worktree, letter), 'setup\n');
  });
  await closeBaseline(location);
  expect(await inspectWork(location, base)).toMatchObject({ uncommitted: 0 });

  await pushBranch(location, noToken);
  commitElsewhere('main', { 'b.txt': 'b\n' });
  await restack(location, base, 'main', { tokens: noToken });
  expect(readFileSync(at(location.worktree, 0xe8), 'utf8')).toBe('setup\n');
  expect(await look()).toBe(0);
  writeFileSync(at(location.worktree, 0xe8), 'agent\n');
  expect(await look()).toBe(1);
});

test('setup that runs again takes nothing of the agent’s for its own', async () => {
  const { location, look, setUp } = await session();
  await setUp({ [LOCK]: '2\n' });
  await closeBaseline(location);
  write(location.worktree, { 'README.md': 'agent\n' });
  await setUp({ [LOCK]: '4\n', 'README.md': 'and setup\n' });
  expect(await look()).toBe(1);
});

test('a branch is moved although its worktree was changed before, and setup’s changes stay', async () => {
  const { location, base, look, setUp, commitElsewhere } = await session();
  await setUp({ [LOCK]: '2\n', 'generated.txt': 'made by setup\n' });
  await closeBaseline(location);
  write(location.worktree, { 'a.txt': 'a\n' });
  run(location.worktree, 'add', 'a.txt');
  run(location.worktree, 'commit', '--quiet', '-m', 'work');
  await pushBranch(location, noToken);

  commitElsewhere('main', { 'b.txt': 'b\n' });
  const moved = await restack(location, base, 'main', { tokens: noToken });
  expect(readFileSync(join(location.worktree, LOCK), 'utf8')).toBe('2\n');
  expect(await look()).toBe(0);

  commitElsewhere('main', { [LOCK]: '5\n', 'old.csv': 'x\n' });
  await restack(location, moved, 'main', { tokens: noToken });
  expect(readFileSync(join(location.worktree, LOCK), 'utf8')).toBe('5\n');
  expect(readFileSync(join(location.worktree, 'old.csv'), 'utf8')).toBe('x\n');
  expect(run(location.worktree, 'ls-files', '-v')).not.toMatch(/^[a-z]/m);
  expect(await look()).toBe(0);
});

test('a conflict leaves everything as it was', async () => {
  const { location, base, look, setUp, commitElsewhere } = await session();
  await setUp({ [LOCK]: '2\n' });
  await closeBaseline(location);
  write(location.worktree, { 'README.md': 'agent\n' });
  run(location.worktree, 'add', 'README.md');
  run(location.worktree, 'commit', '--quiet', '-m', 'work');
  commitElsewhere('main', { 'README.md': 'main\n' });
  const moving = restack(location, base, 'main', { tokens: noToken });
  await expect(moving).rejects.toMatchObject({ type: 'RebaseConflict' });
  expect(readFileSync(join(location.worktree, LOCK), 'utf8')).toBe('2\n');
  expect(run(location.worktree, 'ls-files', '-v')).not.toMatch(/^[a-z]/m);
  expect(await look()).toBe(0);
});

test('a worktree with nothing but such files goes, and one with work in it stays', async () => {
  const { location, checkout, setUp, remove } = await session();
  await setUp({ [LOCK]: '2\n', 'generated.txt': 'made by setup\n' });
  await closeBaseline(location);
  write(location.worktree, { [LOCK]: '3\n' });
  expect(await remove()).toMatchObject({ removed: false });
  write(location.worktree, { [LOCK]: '2\n' });
  expect(await remove()).toMatchObject({ removed: true });
  expect(existsSync(location.worktree)).toBe(false);
  expect(run(checkout, 'for-each-ref', 'refs/coppice')).toBe('');
});

test('a baseline that was forged counts for nothing', async () => {
  const { location, checkout, look, setUp } = await session();
  await setUp({ [LOCK]: '2\n' });
  const id = run(checkout, 'rev-parse', baselineRef(location.branch));
  const other = run(checkout, 'hash-object', '-w', join(checkout, 'README.md'));
  const file = (name: string) => join(checkout, '.git/objects', name.slice(0, 2), name.slice(2));
  rmSync(file(id));
  copyFileSync(file(other), file(id));
  expect(await look()).toBe(1);
});
