import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeWorktree } from '../../../src/git/worktree/remove.ts';
import { inspectWork } from '../../../src/git/worktree/work.ts';
import { addWorktree } from '../../../src/git/worktree/worktrees.ts';
import { commit, noToken, run, write } from '../../support/git-repository.ts';
import { repositoryAt, withSubmodules } from '../../support/submodules.ts';

type Given = Awaited<ReturnType<typeof withSubmodules>>;

test('a worktree with submodules that hold nothing of their own goes at once', async () => {
  const { remove, worktree, checkout } = await withSubmodules();
  expect(await remove()).toEqual({ removed: true, reason: '' });
  expect(existsSync(worktree)).toBe(false);
  expect(run(checkout, 'for-each-ref', 'refs/coppice')).toBe('');
});

test.each<[string, RegExp, (given: Given) => string]>([
  [
    'a commit in a submodule',
    /lib in it has commits that are on no remote/,
    ({ worktree }) => commit(join(worktree, 'lib'), { b: 'b' }),
  ],
  [
    'a commit in a submodule of a submodule',
    /lib\/deep in it has commits/,
    ({ worktree }) => commit(join(worktree, 'lib/deep'), { b: 'b' }),
  ],
  [
    'a stash in a submodule',
    /lib in it has commits/,
    ({ worktree }) => {
      write(worktree, { 'lib/lib.txt': 'two\n' });
      run(join(worktree, 'lib'), 'stash');
      return run(join(worktree, 'lib'), 'rev-parse', 'stash');
    },
  ],
  [
    'a commit on a branch of a submodule without files',
    /lib in it has commits/,
    ({ worktree }) => {
      run(join(worktree, 'lib'), 'checkout', '--quiet', '-b', 'mine');
      const sha = commit(join(worktree, 'lib'), { b: 'b' });
      run(join(worktree, 'lib'), 'checkout', '--quiet', '--detach', 'HEAD~1');
      run(worktree, 'submodule', '--quiet', 'deinit', '--force', 'lib');
      return sha;
    },
  ],
  [
    'a repository that git ignores',
    /scratch\/tool in it has commits/,
    ({ worktree }) => repositoryAt(join(worktree, 'scratch/tool')),
  ],
  [
    'a repository among what a build makes',
    /build\/tool in it has commits/,
    ({ worktree }) => repositoryAt(join(worktree, 'build/tool')),
  ],
])('with %s it stays, however often; by force its commits are kept', async (_, reason, make) => {
  const given = await withSubmodules();
  const sha = make(given);
  for (let times = 0; times < 2; times++)
    expect(await given.remove()).toEqual({
      removed: false,
      reason: expect.stringMatching(reason),
    });
  const forced = await given.remove({ force: true });
  expect(forced).toMatchObject({
    removed: true,
    reason: expect.stringContaining('refs/coppice/kept/'),
  });
  expect(existsSync(given.worktree)).toBe(false);
  expect(given.kept()).toContain(sha);
  run(given.checkout, 'fsck', '--connectivity-only', sha);
});

test.each<[string, (given: Given) => unknown]>([
  ['an edited file in a submodule', ({ worktree }) => write(worktree, { 'lib/lib.txt': 'two\n' })],
  [
    'a new file in a submodule of a submodule',
    ({ worktree }) => write(worktree, { 'lib/deep/new': 'x' }),
  ],
])('with %s it stays, and the agent’s work counts as uncommitted', async (_, make) => {
  const given = await withSubmodules();
  make(given);
  const path = /submodule of/.test(_) ? /lib\/deep in it/ : /lib in it/;
  expect(await given.remove()).toEqual({ removed: false, reason: expect.stringMatching(path) });
  expect(await given.remove()).toMatchObject({ removed: false });
  expect(existsSync(join(given.worktree, 'lib/lib.txt'))).toBe(true);
});

test('what a person pushed to the submodule’s own remote keeps nothing', async () => {
  const { remove, worktree, lib } = await withSubmodules();
  const sha = commit(join(worktree, 'lib'), { b: 'b' });
  // By its address: nothing in the submodule says that it was.
  run(join(worktree, 'lib'), 'push', '--quiet', lib, `${sha}:refs/heads/issue-124`);
  expect(await remove()).toMatchObject({ removed: true });
});

test('a worktree with a repository that can’t be read is kept, and a forced removal copies that repository', async () => {
  const { remove, worktree, keepIn } = await withSubmodules();
  repositoryAt(join(worktree, 'scratch/tool'));
  rmSync(join(worktree, 'scratch/tool/.git/objects'), { recursive: true });
  expect(await remove()).toMatchObject({
    removed: false,
    reason: expect.stringContaining('scratch/tool can’t be read'),
  });
  expect(await remove({ force: true })).toMatchObject({ removed: true });
  expect(existsSync(join(keepIn, 'repositories', 'scratch-tool-.git', 'HEAD'))).toBe(true);
});

test('nothing that a nested repository’s configuration says is run', async () => {
  const { remove, location, worktree, base, root } = await withSubmodules();
  const ran = join(root, 'ran');
  const evil = join(root, 'evil.sh');
  writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >>${ran}\ncat\n`);
  chmodSync(evil, 0o755);
  const set = (directory: string) => {
    for (const [key, value] of [
      ['filter.x.clean', evil],
      ['filter.x.process', evil],
      ['core.fsmonitor', evil],
      ['core.hooksPath', root],
      ['diff.external', evil],
      ['core.alternateRefsCommand', evil],
      ['uploadpack.packObjectsHook', evil],
    ] as const)
      run(directory, 'config', key, value);
    write(directory, { '.gitattributes': '* filter=x\n', 'a.txt': 'changed\n' });
  };
  repositoryAt(join(worktree, 'scratch/tool'));
  for (const path of ['lib', 'scratch/tool']) set(join(worktree, path));
  rmSync(ran, { force: true });
  expect((await inspectWork(location, base)).uncommitted).toBe(1);
  expect(await remove()).toMatchObject({ removed: false });
  expect(await remove({ force: true })).toMatchObject({ removed: true });
  expect(existsSync(ran)).toBe(false);
});

test('the commits of a detached HEAD that was left again are kept', async () => {
  const { remove, worktree, kept } = await withSubmodules();
  run(worktree, 'checkout', '--quiet', '--detach');
  const sha = commit(worktree, { b: 'b' });
  run(worktree, 'checkout', '--quiet', 'issue-124');
  expect(await remove()).toMatchObject({ removed: true });
  expect(kept()).toBe(`refs/coppice/kept/issue-124-${sha.slice(0, 8)} ${sha}`);
});

test('a worktree of the same repository inside it keeps it', async () => {
  const { remove, worktree } = await withSubmodules();
  run(worktree, 'worktree', 'add', '--quiet', '--detach', 'scratch/other');
  commit(join(worktree, 'scratch/other'), { b: 'b' });
  expect(await remove()).toMatchObject({ removed: false });
});

test('a session that only planned has no commits of its own to lose', async () => {
  const { checkout, location, base } = await withSubmodules();
  run(checkout, 'worktree', 'remove', '--force', location.worktree);
  run(checkout, 'branch', '-D', location.branch);
  await addWorktree(location, { tip: base.tip });
  const options = { headSha: '', keepIn: '/nowhere', tokens: noToken };
  expect(await removeWorktree(location, { ...options, base })).toEqual({
    removed: true,
    reason: '',
  });
});
