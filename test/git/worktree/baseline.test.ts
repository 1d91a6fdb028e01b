import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { restack } from '../../../src/git/rebase/restack.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import {
  baselineRef,
  closeBaseline,
  settingUp,
  takeBaseline,
} from '../../../src/git/worktree/baseline.ts';
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
  const place = repository.place(124);
  const base = { branch: 'main', tip: run(remote, 'rev-parse', 'main') };
  await addWorktree(place, { tip: base.tip });
  // Git sees it as soon as it has to look twice.
  write(place.worktree, { 'old.csv': 'a\r\nb\r\n' });
  await takeBaseline(place, false);
  const look = async () => (await inspectWork(place, base)).uncommitted;
  const setUp = (files: Readonly<Record<string, string>>) =>
    settingUp(place, async () => write(place.worktree, files));
  const remove = () =>
    removeWorktree(place, {
      headSha: run(place.worktree, 'rev-parse', 'HEAD'),
      keepIn: join(repository.root, 'kept'),
      tokens: noToken,
    });
  return { ...repository, place, base, look, setUp, remove };
}

test('what checkout and setup leave changed is nobody’s work; what is changed after that is', async () => {
  const { place, look, setUp, base } = await session();
  expect(run(place.worktree, 'status', '--porcelain')).toBe(' M old.csv');
  expect(await look()).toBe(0);
  await setUp({ [LOCK]: '2\n', 'generated.txt': 'made by setup\n' });
  await closeBaseline(place);
  expect(await inspectWork(place, base)).toMatchObject({ uncommitted: 0, diff: { files: 0 } });

  write(place.worktree, { [LOCK]: '3\n', 'new.txt': '' });
  expect(await look()).toBe(2);
  write(place.worktree, { 'old.csv': 'a\r\nb\r\nc\r\n', 'generated.txt': 'agent\n' });
  expect(await look()).toBe(4);
});

test('setup that runs again takes nothing of the agent’s for its own', async () => {
  const { place, look, setUp } = await session();
  await setUp({ [LOCK]: '2\n' });
  await closeBaseline(place);
  write(place.worktree, { 'README.md': 'agent\n' });
  await setUp({ [LOCK]: '4\n', 'README.md': 'and setup\n' });
  expect(await look()).toBe(1);
});

test('a branch is moved although its worktree was changed before, and setup’s changes stay', async () => {
  const { place, base, look, setUp, commitElsewhere } = await session();
  await setUp({ [LOCK]: '2\n', 'generated.txt': 'made by setup\n' });
  await closeBaseline(place);
  write(place.worktree, { 'a.txt': 'a\n' });
  run(place.worktree, 'add', 'a.txt');
  run(place.worktree, 'commit', '--quiet', '-m', 'work');
  await pushBranch(place, noToken);

  commitElsewhere('main', { 'b.txt': 'b\n' });
  const moved = await restack(place, base, 'main', { tokens: noToken });
  expect(readFileSync(join(place.worktree, LOCK), 'utf8')).toBe('2\n');
  expect(await look()).toBe(0);

  commitElsewhere('main', { [LOCK]: '5\n', 'old.csv': 'x\n' });
  await restack(place, moved, 'main', { tokens: noToken });
  expect(readFileSync(join(place.worktree, LOCK), 'utf8')).toBe('5\n');
  expect(readFileSync(join(place.worktree, 'old.csv'), 'utf8')).toBe('x\n');
  expect(run(place.worktree, 'ls-files', '-v')).not.toMatch(/^[a-z]/m);
  expect(await look()).toBe(0);
});

test('a conflict leaves everything as it was', async () => {
  const { place, base, look, setUp, commitElsewhere } = await session();
  await setUp({ [LOCK]: '2\n' });
  await closeBaseline(place);
  write(place.worktree, { 'README.md': 'agent\n' });
  run(place.worktree, 'add', 'README.md');
  run(place.worktree, 'commit', '--quiet', '-m', 'work');
  commitElsewhere('main', { 'README.md': 'main\n' });
  const moving = restack(place, base, 'main', { tokens: noToken });
  await expect(moving).rejects.toMatchObject({ type: 'RebaseConflict' });
  expect(readFileSync(join(place.worktree, LOCK), 'utf8')).toBe('2\n');
  expect(run(place.worktree, 'ls-files', '-v')).not.toMatch(/^[a-z]/m);
  expect(await look()).toBe(0);
});

test('a worktree with nothing but such files goes, and one with work in it stays', async () => {
  const { place, checkout, setUp, remove } = await session();
  await setUp({ [LOCK]: '2\n', 'generated.txt': 'made by setup\n' });
  await closeBaseline(place);
  write(place.worktree, { [LOCK]: '3\n' });
  expect(await remove()).toMatchObject({ removed: false });
  write(place.worktree, { [LOCK]: '2\n' });
  expect(await remove()).toMatchObject({ removed: true });
  expect(existsSync(place.worktree)).toBe(false);
  expect(run(checkout, 'for-each-ref', 'refs/coppice')).toBe('');
});

test('a baseline that was forged counts for nothing', async () => {
  const { place, checkout, look, setUp } = await session();
  await setUp({ [LOCK]: '2\n' });
  const id = run(checkout, 'rev-parse', baselineRef(place.branch));
  const other = run(checkout, 'hash-object', '-w', join(checkout, 'README.md'));
  const file = (name: string) => join(checkout, '.git/objects', name.slice(0, 2), name.slice(2));
  rmSync(file(id));
  copyFileSync(file(other), file(id));
  expect(await look()).toBe(1);
});
