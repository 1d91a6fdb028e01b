import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRepository } from '../../../src/git/command/repository.ts';
import { excludeOwnDirectory } from '../../../src/git/worktree/exclude.ts';
import { inspectWork, parseNumStat } from '../../../src/git/worktree/work.ts';
import { addWorktree, parseWorktrees } from '../../../src/git/worktree/worktrees.ts';
import { commit, createRepository, run, write } from '../../support/git-repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

async function session() {
  const repository = createRepository({ 'README.md': 'one\ntwo\n', 'old.txt': 'old\n' });
  const location = repository.location(124);
  const base = { branch: 'main', tip: run(repository.remote, 'rev-parse', 'main') };
  await excludeOwnDirectory(repository.checkout);
  await addWorktree(location, { tip: base.tip });
  return { ...repository, location, base };
}

test('a fresh worktree holds no work', async () => {
  const { location, base } = await session();
  expect(await inspectWork(location, base)).toEqual({
    branch: 'issue-124',
    head: base.tip,
    commits: 0,
    uncommitted: 0,
    diff: { files: 0, insertions: 0, deletions: 0 },
    changed: [],
  });
});

test('work is what was committed, edited and added, without Coppice’s own files', async () => {
  const { location, base } = await session();
  const head = commit(location.worktree, { 'README.md': 'one\n2\n' });
  write(location.worktree, {
    'old.txt': 'old\nedited\n',
    'new dir/new\nfile.txt': 'a\nb\nc\n',
    '.coppice/status.json': '{}',
  });
  const index = run(location.worktree, 'ls-files', '--stage');
  expect(await inspectWork(location, base)).toEqual({
    branch: 'issue-124',
    head,
    commits: 1,
    uncommitted: 2,
    diff: { files: 3, insertions: 5, deletions: 1 },
    // One with a line break in its name is left out.
    changed: ['README.md', 'old.txt'],
  });
  expect(run(location.worktree, 'ls-files', '--stage')).toBe(index);
});

test('a detached HEAD has no branch', async () => {
  const { location, base } = await session();
  run(location.worktree, 'checkout', '-q', '--detach');
  expect(await inspectWork(location, base)).toMatchObject({ branch: null, head: base.tip });
});

test('a vanished worktree is a type of failure of its own', async () => {
  const { location, base } = await session();
  rmSync(location.worktree, { recursive: true });
  await expect(inspectWork(location, base)).rejects.toMatchObject({ type: 'WorktreeLost' });
});

test('a program that the repository configures for diffs is not run', async () => {
  const { location, base, checkout } = await session();
  run(checkout, 'config', 'diff.external', 'false');
  run(checkout, 'config', 'core.fsmonitor', 'false; exit 1');
  commit(location.worktree, { 'README.md': 'three\n' });
  expect((await inspectWork(location, base)).diff.files).toBe(1);
});

test.each([
  ['', { files: 0, insertions: 0, deletions: 0 }, []],
  ['1\t0\ta b.txt\0', { files: 1, insertions: 1, deletions: 0 }, ['a b.txt']],
  ['0\t5\tx\0-\t-\tlogo.png\0', { files: 2, insertions: 0, deletions: 5 }, ['x', 'logo.png']],
  ['42\t1\t\0old.ts\0new.ts\0', { files: 1, insertions: 42, deletions: 1 }, ['old.ts', 'new.ts']],
])('the statistics %j are read', (output, diff, changed) => {
  expect(parseNumStat(output)).toEqual({ diff, changed });
});

test('of very many changed files the first are told, and none with an odd or very long name', () => {
  const names = ['a\tb', 'line\nbreak', 'not\ufffdutf8', '\u001b[31mred', 'x'.repeat(301)];
  const many = [...names, ...Array.from({ length: 70 }, (_, at) => `part${at}`)];
  const { diff, changed } = parseNumStat(many.map((name) => `1\t0\t${name}\0`).join(''));
  expect(diff.files).toBe(75);
  expect(changed).toEqual(Array.from({ length: 50 }, (_, at) => `part${at}`));
});

test('a worktree list is read with its detached, locked and bare entries', () => {
  const list = [
    ['worktree /bare', 'bare'],
    ['worktree /a b', 'HEAD aaa', 'branch refs/heads/x/y', 'locked since\nMonday'],
    ['worktree /c', 'HEAD ccc', 'detached'],
  ];
  const output = list.map((entry) => entry.map((line) => `${line}\0`).join('')).join('\0');
  expect(parseWorktrees(`${output}\0`)).toEqual([
    { path: '/bare', head: undefined, branch: undefined, bare: true, locked: undefined },
    { path: '/a b', head: 'aaa', branch: 'x/y', bare: false, locked: 'since\nMonday' },
    { path: '/c', head: 'ccc', branch: undefined, bare: false, locked: undefined },
  ]);
});

test('the repository is found from any directory in it, and from its worktrees', async () => {
  const { checkout, location, remote } = await session();
  write(checkout, { 'src/deep/x': '' });
  const found = { root: checkout, remoteUrl: remote };
  expect(await findRepository(join(checkout, 'src/deep'))).toEqual(found);
  expect(await findRepository(location.worktree)).toEqual(found);
  expect(await findRepository(checkout, 'upstream')).toEqual({ ...found, remoteUrl: undefined });
  expect(await findRepository(temporaryDirectory())).toBeUndefined();
});

test('variables that a git hook sets do not lead to another repository', async () => {
  const { checkout, remote } = await session();
  process.env.GIT_DIR = '/nowhere';
  try {
    expect(await findRepository(checkout)).toEqual({ root: checkout, remoteUrl: remote });
  } finally {
    delete process.env.GIT_DIR;
  }
});

test('Coppice’s directory is excluded once, beside what the person excludes', async () => {
  const { checkout } = createRepository();
  const file = join(checkout, '.git/info/exclude');
  write(checkout, { '.git/info/exclude': 'mine' });
  await Promise.all(Array.from({ length: 8 }, () => excludeOwnDirectory(checkout)));
  expect(readFileSync(file, 'utf8')).toMatch(
    /^mine\n# coppice: begin.*\n\/\.coppice\/\n# coppice: end\n$/,
  );
});
