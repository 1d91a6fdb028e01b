import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outgoingProblems } from '../../../src/activities/worktree/outgoing.ts';
import { commit, noToken, run, write } from '../../support/git-repository.ts';
import { repositoryAt, withSubmodules } from '../../support/submodules.ts';

async function session() {
  const given = await withSubmodules();
  const { location, base, worktree } = given;
  const problems = () => outgoingProblems(location, base, 1, noToken);
  return { ...given, problems, at: (path: string) => join(worktree, path) };
}

test('a submodule’s commit that its remote has may go, whoever pushed it and wherever it was taken from', async () => {
  const { problems, worktree, at, lib } = await session();
  const elsewhere = commit(lib, { 'more.txt': 'more\n' });
  run(at('lib'), 'fetch', '--quiet');
  run(at('lib'), 'checkout', '--quiet', elsewhere);
  commit(worktree, {}, 'take the new lib');
  expect(await problems()).toEqual([]);
  // Not fetched, so only the remote can tell.
  const later = commit(lib, { 'later.txt': 'later\n' });
  run(worktree, 'update-index', '--cacheinfo', `160000,${later},lib`);
  run(worktree, 'commit', '--quiet', '--message', 'take the newest lib');
  expect(await problems()).toEqual([]);
});

test('one that is on no remote is told, with the command that publishes it, and then it may go', async () => {
  const { problems, worktree, at, lib, checkout } = await session();
  const sha = commit(at('lib'), { b: 'b' });
  commit(worktree, {}, 'use the new lib');
  const [problem = '', ...others] = await problems();
  expect(others).toEqual([]);
  expect(problem).toContain(`lib is recorded at ${sha.slice(0, 8)}, a commit that is on no remote`);
  const [, address = '', refspec = ''] = /push (\S+) (\S+)`/.exec(problem) ?? [];
  expect(address).toBe(lib);
  run(checkout, 'push', '--quiet', address, refspec);
  expect(run(lib, 'rev-parse', 'issue-124')).toBe(sha);
  expect(await problems()).toEqual([]);
});

test('a commit of a submodule’s submodule is looked at too', async () => {
  const { problems, worktree, at, lib } = await session();
  commit(at('lib/deep'), { b: 'b' });
  const outer = commit(at('lib'), {}, 'use the new deep');
  commit(worktree, {}, 'use the new lib');
  expect(await problems()).toEqual([
    expect.stringContaining('lib is recorded at'),
    expect.stringContaining('lib/deep is recorded at'),
  ]);
  run(at('lib'), 'push', '--quiet', lib, `${outer}:refs/heads/outer`);
  expect(await problems()).toEqual([expect.stringContaining('lib/deep is recorded at')]);
});

test('a commit that nobody has is told', async () => {
  const { problems, worktree } = await session();
  run(worktree, 'update-index', '--cacheinfo', `160000,${'f'.repeat(40)},lib`);
  run(worktree, 'commit', '--quiet', '--message', 'nonsense');
  expect(await problems()).toEqual([expect.stringContaining('lib is recorded at ffffffff')]);
});

test('a repository that was added as a bare link is told, as files it may go', async () => {
  const { problems, worktree, at } = await session();
  repositoryAt(at('docs/site'));
  commit(worktree, {}, 'add the site');
  expect(await problems()).toEqual([expect.stringContaining('docs/site is committed as a link')]);
  run(worktree, 'rm', '--quiet', '--cached', 'docs/site');
  write(worktree, { 'docs/site/more.txt': 'more\n' });
  rmSync(at('docs/site/.git'), { recursive: true });
  commit(worktree, {}, 'add the site’s files');
  expect(existsSync(at('docs/site/only.txt'))).toBe(true);
  expect(await problems()).toEqual([]);
});

test('an address that the agent wrote is not asked', async () => {
  const { problems, worktree, root } = await session();
  const own = repositoryAt(join(root, 'theirs'));
  write(worktree, {
    '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch ${root}/ran"\n`,
  });
  run(worktree, 'add', '.gitmodules');
  run(worktree, 'update-index', '--add', '--cacheinfo', `160000,${own},x`);
  run(worktree, 'commit', '--quiet', '--message', 'add x');
  expect(await problems()).toEqual([expect.stringContaining('x is recorded at')]);
  expect(existsSync(join(root, 'ran'))).toBe(false);
});
