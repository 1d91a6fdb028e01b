import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { privateDirectory } from '../../../src/git/command/git-directories.ts';
import { findRepository } from '../../../src/git/command/repository.ts';
import { createPrivateGit } from '../../../src/git/private/directory.ts';
import { syncBranch } from '../../../src/git/private/sync-branch.ts';
import { restack } from '../../../src/git/rebase/restack.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { checkGitFile } from '../../../src/git/worktree/git-file.ts';
import { checkOutOwnBranch } from '../../../src/git/worktree/own-branch.ts';
import { removeWorktree } from '../../../src/git/worktree/remove.ts';
import { inspectWork } from '../../../src/git/worktree/work.ts';
import { addWorktree, listWorktrees } from '../../../src/git/worktree/worktrees.ts';
import { commit, createRepository, noToken, run, write } from '../../support/git-repository.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

async function session(files?: Readonly<Record<string, string>>) {
  const repository = createRepository(files);
  const { checkout } = repository;
  const location = repository.location(124);
  const base = { branch: 'main', tip: run(repository.remote, 'rev-parse', 'main') };
  await addWorktree(location, { tip: base.tip });
  await createPrivateGit(location);
  const found = await syncBranch(location);
  const branch = () => run(checkout, 'rev-parse', location.branch);
  const remove = (options = {}) =>
    removeWorktree(location, {
      ...{ headSha: '', base, tokens: noToken, keepIn: temporaryDirectory('kept') },
      ...options,
    });
  return { ...repository, location, base, found, branch, remove };
}

const refs = (directory: string, ...patterns: string[]) =>
  run(directory, 'for-each-ref', '--format=%(refname)', ...patterns);

test('a session’s git is its own, and the worktree is still one of the checkout’s, on its branch', async () => {
  const { location, checkout, found, base } = await session();
  const { worktree } = location;
  expect(run(worktree, 'rev-parse', '--absolute-git-dir')).toBe(found.own);
  expect(found.own).toBe(join(checkout, '.git/coppice/app-issue-124/git'));
  expect(run(worktree, 'status', '--porcelain', '--branch')).toBe('## issue-124');
  expect(run(worktree, 'rev-parse', 'origin/main')).toBe(base.tip);
  expect(run(worktree, 'remote', 'get-url', 'origin')).toBe(
    run(checkout, 'remote', 'get-url', 'origin'),
  );
  run(checkout, 'worktree', 'prune');
  expect(await listWorktrees(checkout)).toContainEqual(
    expect.objectContaining({ path: worktree, branch: 'issue-124', head: base.tip }),
  );
  expect((await findRepository(worktree))?.root).toBe(checkout);
});

test('what is done to refs, the stash and the configuration in a worktree stays there', async () => {
  const { location, checkout } = await session();
  const { worktree } = location;
  const all = () => run(checkout, 'show-ref');
  const config = readFileSync(join(checkout, '.git/config'), 'utf8');
  commit(checkout, { 'mine.txt': 'mine\n' }, 'mine, never pushed');
  const before = all();
  await syncBranch(location);
  run(worktree, 'update-ref', 'refs/heads/main', 'HEAD');
  run(worktree, 'tag', 'mine');
  write(worktree, { 'README.md': 'changed\n' });
  run(worktree, 'stash');
  run(worktree, 'config', 'core.fsmonitor', 'false');
  run(worktree, 'pack-refs', '--all');
  run(worktree, 'gc', '--quiet', '--prune=now');
  await syncBranch(location);
  expect(all().replace(/.*refs\/coppice.*\n/g, '')).toBe(
    before.replace(/.*refs\/coppice.*\n/g, ''),
  );
  expect(run(checkout, 'stash', 'list')).toBe('');
  expect(readFileSync(join(checkout, '.git/config'), 'utf8')).toBe(config);
});

test('commits come into the checkout, and what the checkout has anew is seen in the worktree', async () => {
  const { location, checkout, branch, commitElsewhere } = await session();
  const tip = commit(location.worktree, { 'a.txt': 'a\n' });
  expect(() => run(checkout, 'cat-file', '-e', tip)).toThrow();
  await syncBranch(location);
  expect(branch()).toBe(tip);
  expect(run(checkout, 'fsck', '--no-dangling')).toBe('');
  run(checkout, 'fetch', '--quiet');
  const later = commitElsewhere('main', { 'b.txt': 'b\n' });
  run(checkout, 'fetch', '--quiet');
  await syncBranch(location);
  expect(run(location.worktree, 'rev-parse', 'origin/main')).toBe(later);
  run(location.worktree, 'pack-refs', '--all');
  const amended = commit(location.worktree, { 'a.txt': 'b\n' });
  run(location.worktree, 'pack-refs', '--all');
  commitElsewhere('main', { 'c.txt': 'b\n' });
  run(checkout, 'fetch', '--quiet');
  await syncBranch(location);
  expect(branch()).toBe(amended);
  expect(run(location.worktree, 'rev-parse', 'HEAD')).toBe(amended);
});

test('an object that is not what it is called, or not as git writes it, comes nowhere', async () => {
  const { location, checkout, branch, base, found, remove } = await session();
  const { worktree } = location;
  const blob = run(worktree, 'rev-parse', 'HEAD:README.md');
  const own = join(found.own, 'objects', blob.slice(0, 2));
  mkdirSync(own, { recursive: true });
  const other = commit(worktree, { 'evil.txt': 'evil\n' });
  const evil = run(worktree, 'rev-parse', 'HEAD:evil.txt');
  writeFileSync(
    join(own, blob.slice(2)),
    readFileSync(join(found.own, 'objects', evil.slice(0, 2), evil.slice(2))),
  );
  await syncBranch(location);
  expect(branch()).toBe(other);
  expect(run(checkout, 'show', 'issue-124:README.md')).toBe('# app');
  const entry = Buffer.concat([Buffer.from('100644 .git\0'), Buffer.from(evil, 'hex')]);
  const bad = execFileSync('git', ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin'], {
    cwd: worktree,
    input: entry,
    encoding: 'utf8',
  }).trim();
  const commitId = run(worktree, 'commit-tree', '-m', 'x', '-p', 'HEAD', bad);
  run(worktree, 'update-ref', 'refs/heads/issue-124', commitId);
  await expect(syncBranch(location)).rejects.toMatchObject({
    type: 'GitFailed',
    details: expect.stringContaining('hasDotgit'),
  });
  expect(branch()).toBe(other);
  expect(run(checkout, 'rev-parse', 'main')).toBe(base.tip);
  expect(await remove()).toEqual({
    removed: false,
    reason: expect.stringContaining(`${commitId.slice(0, 8)} of issue-124 can’t be imported`),
  });
  const keepIn = temporaryDirectory('kept');
  expect(await remove({ keepIn, force: true })).toMatchObject({ removed: true });
  expect(run(join(keepIn, 'repositories/git'), 'rev-parse', 'refs/heads/issue-124')).toBe(commitId);
  expect(existsSync(found.own)).toBe(false);
});

test('a rebase moves both branches, and leaves the worktree on its own', async () => {
  const { location, branch, base, commitElsewhere, remote } = await session();
  const { worktree } = location;
  commit(worktree, { 'a.txt': 'a\n' }, 'work a');
  await syncBranch(location);
  await pushBranch(location, noToken);
  const tip = commitElsewhere('main', { 'later.txt': 'later\n' });
  expect(await restack(location, base, 'main', { tokens: noToken })).toEqual({
    branch: 'main',
    tip,
  });
  const head = run(worktree, 'rev-parse', 'HEAD');
  expect(run(worktree, 'status', '--porcelain', '--branch')).toBe('## issue-124');
  expect(run(worktree, 'rev-parse', 'HEAD~1')).toBe(tip);
  expect(branch()).toBe(head);
  expect(run(remote, 'rev-parse', 'issue-124')).toBe(head);
  await syncBranch(location);
  expect(branch()).toBe(head);
});

test('a conflict leaves both branches as they were', async () => {
  const { location, branch, base, commitElsewhere } = await session();
  const tip = commit(location.worktree, { 'README.md': 'ours\n' }, 'ours');
  await syncBranch(location);
  commitElsewhere('main', { 'README.md': 'theirs\n' });
  await expect(restack(location, base, 'main', { tokens: noToken })).rejects.toMatchObject({
    type: 'RebaseConflict',
  });
  expect(branch()).toBe(tip);
  expect(run(location.worktree, 'rev-parse', 'HEAD')).toBe(tip);
  expect(run(location.worktree, 'status', '--porcelain', '--branch')).toBe('## issue-124');
});

test('commits on a branch of the agent’s own come back to the session’s', async () => {
  const { location, branch, found } = await session();
  const { worktree } = location;
  run(worktree, 'checkout', '--quiet', '-b', 'mine');
  const tip = commit(worktree, { 'a.txt': 'a\n' });
  run(worktree, 'branch', '--quiet', '-D', 'issue-124');
  const before = { 'refs/heads/issue-124': branch() };
  expect(await checkOutOwnBranch(location, found, before)).toBe(true);
  await syncBranch(location);
  expect(branch()).toBe(tip);
  expect(run(worktree, 'status', '--porcelain', '--branch')).toBe('## issue-124');
});

test('a nested repository that is committed as a link runs nothing', async () => {
  const { location, base, root } = await session();
  const { worktree } = location;
  const ran = join(root, 'ran');
  const nested = join(worktree, 'sub');
  mkdirSync(nested);
  run(nested, 'init', '--quiet');
  commit(nested, { f: 'd\n' });
  writeFileSync(join(nested, '.gitattributes'), '* filter=x\n');
  run(nested, 'config', 'filter.x.clean', `touch ${ran}; cat`);
  commit(worktree, {}, 'sub');
  await syncBranch(location);
  writeFileSync(join(nested, 'f'), 'e\n');
  rmSync(ran, { force: true });
  await inspectWork(location, base);
  expect(existsSync(ran)).toBe(false);
});

test('a worktree goes with its git, and what only that had is kept', async () => {
  const { location, checkout, found, remove } = await session();
  const { worktree } = location;
  run(worktree, 'checkout', '--quiet', '-b', 'mine');
  const mine = commit(worktree, { 'a.txt': 'a\n' });
  run(worktree, 'checkout', '--quiet', 'issue-124');
  write(worktree, { 'README.md': 'stashed\n' });
  run(worktree, 'stash');
  const stash = run(worktree, 'rev-parse', 'stash');
  expect(await remove()).toEqual({ removed: true, reason: '' });
  expect(existsSync(worktree)).toBe(false);
  expect(existsSync(found.own)).toBe(false);
  expect(await listWorktrees(checkout)).toHaveLength(1);
  const kept = refs(checkout, 'refs/coppice').split('\n');
  expect(kept.toSorted()).toEqual(
    [mine, stash].map((id) => `refs/coppice/kept/issue-124-${id.slice(0, 8)}`).toSorted(),
  );
  expect(run(checkout, 'branch', '--list', 'issue-124')).toBe('');
});

test('a worktree with work stays, and so does what was committed in one that vanished', async () => {
  const { location, checkout, remove, branch } = await session();
  const { worktree } = location;
  write(worktree, { 'new.txt': 'new\n' });
  expect(await remove()).toMatchObject({ removed: false });
  const tip = commit(worktree, {}, 'work');
  expect(await remove()).toMatchObject({
    removed: false,
    reason: expect.stringContaining(tip.slice(0, 8)),
  });
  const later = commit(worktree, { 'b.txt': 'b\n' }, 'more');
  rmSync(worktree, { recursive: true });
  expect(await remove()).toMatchObject({
    removed: false,
    reason: expect.stringContaining(later.slice(0, 8)),
  });
  expect(branch()).toBe(later);
  expect(existsSync(join(checkout, '.git/coppice/app-issue-124'))).toBe(false);
});

test('a session that began without one gets its own git in the middle of its work', async () => {
  const repository = createRepository();
  const location = repository.location(124);
  const { worktree, checkout } = location;
  await addWorktree(location, { tip: 'main' });
  const tip = commit(worktree, { 'a.txt': 'a\n' });
  write(worktree, { 'staged.txt': 's\n', 'left.txt': 'l\n' });
  run(worktree, 'add', 'staged.txt');
  run(worktree, 'checkout', '--quiet', '--detach');
  await createPrivateGit(location);
  await syncBranch(location);
  expect(run(worktree, 'status', '--porcelain')).toBe('A  staged.txt\n?? left.txt');
  expect(run(worktree, 'rev-parse', 'HEAD', 'issue-124')).toBe(`${tip}\n${tip}`);
  expect(() => run(worktree, 'symbolic-ref', '--quiet', 'HEAD')).toThrow();
  expect(await listWorktrees(checkout)).toContainEqual(
    expect.objectContaining({ branch: 'issue-124' }),
  );
});

test('what says where git’s data are is put right, whatever an agent made of it', async () => {
  const { location, root, found, branch } = await session();
  const tip = commit(location.worktree, { 'a.txt': 'a\n' });
  const evil = join(root, 'evil');
  writeFileSync(evil, 'precious');
  rmSync(join(found.own, 'commondir'));
  symlinkSync(evil, join(found.own, 'commondir'));
  writeFileSync(join(found.own, 'gitdir'), `${evil}\n`);
  await syncBranch(location);
  expect(branch()).toBe(tip);
  expect(readFileSync(evil, 'utf8')).toBe('precious');
  expect(run(location.worktree, 'rev-parse', 'HEAD')).toBe(tip);
});

test('after `git worktree repair`, which a moved repository needs, a session finds its git again', async () => {
  const { location, checkout, found, branch } = await session();
  run(checkout, 'worktree', 'repair');
  expect(run(location.worktree, 'rev-parse', '--absolute-git-dir')).not.toBe(found.own);
  expect(await checkGitFile(location)).toMatchObject({ own: privateDirectory(found.record) });
  const tip = commit(location.worktree, { 'a.txt': 'a\n' });
  await syncBranch(location);
  expect(branch()).toBe(tip);
});

test('what an agent puts in the place of its git’s files is not followed', async () => {
  const { location, root, base, found } = await session();
  const secret = join(root, 'secret');
  writeFileSync(secret, 'private');
  write(location.worktree, { 'new.txt': 'new\n' });
  rmSync(join(found.own, 'index'));
  symlinkSync(secret, join(found.own, 'index'));
  await expect(inspectWork(location, base)).rejects.toThrow();
  rmSync(join(found.own, 'packed-refs'), { force: true });
  symlinkSync(secret, join(found.own, 'packed-refs'));
  run(location.checkout, 'tag', 'new');
  await syncBranch(location);
  expect(readFileSync(secret, 'utf8')).toBe('private');
});
