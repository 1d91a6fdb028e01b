import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Base } from '../../../src/domain/session/session.ts';
import {
  type IntegrateOptions,
  integrateRemoteCommits,
} from '../../../src/git/rebase/remote-commits.ts';
import { restack } from '../../../src/git/rebase/restack.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { removeWorktree } from '../../../src/git/worktree/remove.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { commit, createRepository, noToken, run, write } from '../../support/git-repository.ts';

/** A session with one pushed commit, and a clone of somebody else's on its branch. */
async function session() {
  const repository = createRepository({ 'README.md': '# app\n' });
  const location = repository.location(124);
  const base: Base = { branch: 'main', tip: run(repository.remote, 'rev-parse', 'main') };
  await addWorktree(location, { tip: base.tip });
  const pushed = commit(location.worktree, { 'a.txt': 'a\n' }, 'work a');
  await pushBranch(location, noToken);
  const theirs = join(repository.root, 'theirs');
  run(repository.root, 'clone', '-q', '--branch', location.branch, repository.remote, theirs);
  const take = (options: Partial<IntegrateOptions> = {}, from: Base = base) =>
    integrateRemoteCommits(location, from, { tokens: noToken, ...options });
  /** Somebody else's commit, pushed. */
  const add = (files: Readonly<Record<string, string>>, message = 'their fix') => {
    const sha = commit(theirs, files, message);
    run(theirs, 'push', '-q', '--force', 'origin', location.branch);
    return sha;
  };
  const head = () => run(location.worktree, 'rev-parse', 'HEAD');
  const kept = () =>
    run(location.checkout, 'for-each-ref', '--format=%(objectname)', 'refs/coppice/kept').split(
      '\n',
    );
  const clean = () =>
    expect(run(location.worktree, 'status', '--porcelain', '--branch')).toBe(
      `## ${location.branch}`,
    );
  return { ...repository, location, base, pushed, theirs, take, add, head, kept, clean };
}

const subjects = (directory: string, range: string) =>
  run(directory, 'log', '--reverse', '--format=%s', range).split('\n');

test('commits that a person added come into the worktree, and the next push adds to them', async () => {
  const { location, base, remote, take, add, head, clean } = await session();
  const fix = add({ 'b.txt': 'b\n' });
  expect(await take()).toEqual({ base, published: fix, commits: 1 });
  expect(head()).toBe(fix);
  expect(existsSync(join(location.worktree, 'b.txt'))).toBe(true);
  clean();
  const more = commit(location.worktree, { 'c.txt': 'c\n' });
  await pushBranch(location, noToken);
  expect(run(remote, 'rev-parse', location.branch)).toBe(more);
});

test('taking over again, or when nobody did anything, changes nothing', async () => {
  const { location, take, add, base, pushed } = await session();
  expect(await take()).toEqual({ base, published: pushed, commits: 0 });
  const fix = add({ 'b.txt': 'b\n' });
  await take();
  const refs = run(location.checkout, 'show-ref');
  expect(await take()).toEqual({ base, published: fix, commits: 0 });
  expect(run(location.checkout, 'show-ref')).toBe(refs);
});

test('commits that were not pushed yet go on top of the person’s', async () => {
  const { location, base, take, add, kept, clean } = await session();
  const ours = commit(location.worktree, { 'c.txt': 'c\n' }, 'work c');
  add({ 'b.txt': 'b\n' });
  await expect(pushBranch(location, noToken)).rejects.toMatchObject({ type: 'BranchMoved' });
  expect(await take()).toMatchObject({ commits: 1 });
  await pushBranch(location, noToken);
  expect(subjects(location.worktree, `${base.tip}..HEAD`)).toEqual([
    'work a',
    'their fix',
    'work c',
  ]);
  expect(kept()).toEqual([ours]);
  clean();
});

test('a branch that a person rewrote is taken as it is, and what the session had is kept', async () => {
  const { location, base, theirs, take, add, kept, clean } = await session();
  const ours = commit(location.worktree, { 'c.txt': 'c\n' }, 'work c');
  run(theirs, 'reset', '-q', '--hard', base.tip);
  add({ 'a.txt': 'better\n' }, 'work a, better');
  await take();
  expect(subjects(location.worktree, `${base.tip}..HEAD`)).toEqual(['work a, better', 'work c']);
  expect(readFileSync(join(location.worktree, 'a.txt'), 'utf8')).toBe('better\n');
  expect(kept()).toEqual([ours]);
  clean();
});

test('a commit that a person took away stays away', async () => {
  const { location, theirs, take, head, kept, pushed, remote } = await session();
  commit(location.worktree, { 'c.txt': 'c\n' }, 'work c');
  const wrong = await pushBranch(location, noToken);
  run(theirs, 'push', '-q', '--force', 'origin', location.branch);
  await take();
  expect(head()).toBe(pushed);
  expect(kept()).toEqual([wrong]);
  await pushBranch(location, noToken);
  expect(run(remote, 'rev-parse', location.branch)).toBe(pushed);
});

test('after a person merged or rebased the base in, the session stands on the newer base', async () => {
  const { location, theirs, take, commitElsewhere, add } = await session();
  const second = commitElsewhere('main', { 'later.txt': 'later\n' });
  run(theirs, 'fetch', '-q', 'origin');
  run(theirs, 'merge', '-q', '--no-edit', 'origin/main');
  add({ 'b.txt': 'b\n' });
  const merged = await take();
  expect(merged.base).toEqual({ branch: 'main', tip: second });
  const third = commitElsewhere('main', { 'last.txt': 'last\n' });
  run(theirs, 'fetch', '-q', 'origin');
  run(theirs, 'rebase', '-q', 'origin/main');
  add({ 'b.txt': 'bb\n' });
  expect((await take({}, merged.base)).base).toEqual({ branch: 'main', tip: third });
  const moved = await restack(location, merged.base, 'main', { tokens: noToken });
  expect(moved).toEqual({ branch: 'main', tip: third });
  expect(subjects(location.worktree, `${third}..HEAD`)).toEqual([
    'work a',
    'their fix',
    'their fix',
  ]);
});

test('what a person resolved in merging the base is not lost when the branch is moved', async () => {
  const { location, base, theirs, take, commitElsewhere, pushed, remote } = await session();
  commitElsewhere('main', { 'a.txt': 'main\n' });
  run(theirs, 'fetch', '-q', 'origin');
  expect(() => run(theirs, 'merge', '-q', 'origin/main')).toThrow();
  // In a file of its own, too, which neither side has.
  write(theirs, { 'a.txt': 'both\n', 'why.txt': 'why\n' });
  run(theirs, 'add', '--all');
  run(theirs, 'commit', '-q', '-m', 'merge main');
  run(theirs, 'push', '-q', 'origin', location.branch);
  const merged = await take();
  expect(merged.commits).toBe(2);
  const tip = commitElsewhere('main', { 'later.txt': 'later\n' });
  await restack(location, merged.base, 'main', { tokens: noToken });
  expect(run(remote, 'show', `${location.branch}:a.txt`)).toBe('both');
  expect(run(remote, 'show', `${location.branch}:why.txt`)).toBe('why');
  expect(run(remote, 'show', '-s', '--format=%B', location.branch)).toContain('- work a');
  expect(run(remote, 'rev-list', '--count', `${tip}..${location.branch}`)).toBe('1');
  expect(base.tip).not.toBe(pushed);
});

async function inConflict() {
  const setting = await session();
  const { location, add, take } = setting;
  const ours = commit(location.worktree, { 'a.txt': 'ours\n' }, 'our way');
  const theirs = add({ 'a.txt': 'theirs\n' }, 'their way');
  await expect(take()).rejects.toMatchObject({
    type: 'RebaseConflict',
    message: 'issue-124 conflicts with issue-124 on origin in a.txt',
    details: expect.stringContaining(`git rebase --onto ${theirs} ${setting.pushed}`),
  });
  const resolve = (text: string) => {
    expect(() => run(location.worktree, 'rebase', '--onto', theirs, setting.pushed)).toThrow();
    write(location.worktree, { 'a.txt': text });
    run(location.worktree, 'add', 'a.txt');
    run(location.worktree, '-c', 'core.editor=true', 'rebase', '--continue');
  };
  return { ...setting, ours, resolve };
}

test('a conflict leaves both sides as they were, and is taken up when it is resolved', async () => {
  const { location, base, ours, head, clean, kept, take, resolve } = await inConflict();
  expect(head()).toBe(ours);
  expect(kept()).toEqual([ours]);
  clean();
  await expect(take({ resolved: true })).rejects.toMatchObject({ type: 'NotResolved' });
  resolve('<<<<<<< HEAD\ntheirs\n=======\nours\n>>>>>>> our way\n');
  await expect(take({ resolved: true })).rejects.toMatchObject({ type: 'NotResolved' });
  commit(location.worktree, { 'a.txt': 'both\n' }, 'both ways');
  await take({ resolved: true });
  await pushBranch(location, noToken);
  expect(subjects(location.worktree, `${base.tip}..HEAD`)).toEqual([
    'work a',
    'their way',
    'our way',
    'both ways',
  ]);
});

test.each(['edited', 'new'])(
  'with an %s file in the worktree it waits, or says why not',
  async (kind) => {
    const { location, take, add, head, pushed, base } = await session();
    const file = kind === 'new' ? 'b.txt' : 'README.md';
    write(location.worktree, { [file]: 'not committed\n' });
    const fix = add({ 'b.txt': 'b\n' });
    expect(await take({ mayWait: true })).toEqual({ base, published: fix, commits: 0 });
    await expect(take()).rejects.toMatchObject({
      type: 'GitFailed',
      message: expect.stringContaining('not committed'),
    });
    expect(head()).toBe(pushed);
    expect(readFileSync(join(location.worktree, file), 'utf8')).toBe('not committed\n');
    run(location.worktree, 'stash', '-q', '--include-untracked');
    expect(await take()).toMatchObject({ commits: 1 });
  },
);

test('commits that the agent rewrote after they were pushed are nobody’s to overwrite', async () => {
  const { location, take, add, remote } = await session();
  run(location.worktree, 'commit', '-q', '--amend', '-m', 'amended');
  const refused = { type: 'PushRejected', message: expect.stringContaining('was rewritten in') };
  await expect(take()).rejects.toMatchObject(refused);
  const fix = add({ 'b.txt': 'b\n' });
  expect((await take({ mayWait: true })).commits).toBe(0);
  await expect(take()).rejects.toMatchObject(refused);
  expect(run(remote, 'rev-parse', location.branch)).toBe(fix);
});

test('what a person pushed is in the branch when that is moved', async () => {
  const { location, base, remote, add, commitElsewhere } = await session();
  commit(location.worktree, { 'c.txt': 'c\n' }, 'work c');
  add({ 'b.txt': 'b\n' });
  const tip = commitElsewhere('main', { 'later.txt': 'later\n' });
  expect(await restack(location, base, 'main', { tokens: noToken })).toEqual({
    branch: 'main',
    tip,
  });
  expect(subjects(remote, `${tip}..${location.branch}`)).toEqual(['work a', 'their fix', 'work c']);
});

test('what a person pushes while a move is not pushed yet goes on top of it', async () => {
  const { location, base, remote, add, commitElsewhere } = await unpushedMove();
  add({ 'b.txt': 'b\n' });
  const tip = commitElsewhere('main', { 'last.txt': 'last\n' });
  expect(await restack(location, base, 'main', { tokens: noToken })).toEqual({
    branch: 'main',
    tip,
  });
  expect(subjects(remote, `${tip}..${location.branch}`)).toEqual(['work a', 'work c', 'their fix']);
});

test('when it conflicts with the move, the move is undone and made again on top of it', async () => {
  const { location, base, remote, theirs, add } = await unpushedMove();
  run(theirs, 'fetch', '-q', 'origin');
  // The same file as on main, with the same text: replayed onto the move, nothing would be left of it.
  add({ 'later.txt': 'their text\n' });
  await expect(restack(location, base, 'main', { tokens: noToken })).rejects.toMatchObject({
    type: 'RebaseConflict',
    message: 'issue-124 conflicts with main in later.txt',
  });
  expect(subjects(location.worktree, `${base.tip}..HEAD`)).toEqual([
    'work a',
    'their fix',
    'work c',
  ]);
  expect(subjects(remote, `${base.tip}..${location.branch}`)).toEqual(['work a', 'their fix']);
});

/** The branch was moved onto a newer main, and the process was killed before it was pushed. */
async function unpushedMove() {
  const setting = await session();
  const { location, base, checkout, commitElsewhere } = setting;
  const before = commit(location.worktree, { 'c.txt': 'c\n' }, 'work c');
  const tip = commitElsewhere('main', { 'later.txt': 'later\n' });
  run(checkout, 'fetch', '-q', 'origin');
  run(location.worktree, 'rebase', '-q', '--onto', tip, base.tip);
  run(checkout, 'update-ref', `refs/coppice/before/${location.branch}`, before);
  run(checkout, 'update-ref', `refs/coppice/base/${location.branch}`, tip);
  return setting;
}

test('a merged branch with a person’s commits is removed without being taken over first', async () => {
  const { location, add, root, checkout } = await session();
  const fix = add({ 'b.txt': 'b\n' });
  const options = { headSha: fix, tokens: noToken, keepIn: join(root, 'kept') };
  expect(await removeWorktree(location, options)).toMatchObject({ removed: true });
  expect(run(checkout, 'for-each-ref', 'refs/coppice')).toBe('');
});
