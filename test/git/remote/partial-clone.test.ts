import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createWorktree } from '../../../src/activities/worktree/create-worktree.ts';
import { outgoingProblems } from '../../../src/activities/worktree/outgoing.ts';
import { openCodebase } from '../../../src/cli/planning/codebase.ts';
import { syncBranch } from '../../../src/git/private/sync-branch.ts';
import { patchId } from '../../../src/git/rebase/patch-id.ts';
import { integrateRemoteCommits } from '../../../src/git/rebase/remote-commits.ts';
import { restack } from '../../../src/git/rebase/restack.ts';
import { pushBranch } from '../../../src/git/remote/push.ts';
import { fetchBranch } from '../../../src/git/remote/remote.ts';
import { inspectWork } from '../../../src/git/worktree/work.ts';
import { gitTokenSource } from '../../../src/github/api/token.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { commit, run } from '../../support/git-repository.ts';
import { git } from '../../support/github-emulator/git.ts';
import { ACME, githubFixture, TOKEN, withToken } from '../../support/github-fixture.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** A partial clone whose remote gives nothing without the token, and somebody else's ordinary one. */
async function partialClone(filter: string) {
  const { emulator, clone: other } = await githubFixture();
  commit(other, { 'a.txt': '1\n', 'sub/b.txt': '1\n', '.gitattributes': '*.txt filter=spy\n' });
  await git(other, 'push', '--quiet', 'origin', 'HEAD:main');
  const url = `${emulator.apiUrl}/acme/app.git`;
  const root = temporaryDirectory('partial');
  const checkout = join(root, 'app');
  await git(
    root,
    'clone',
    '--quiet',
    '--no-checkout',
    `--filter=${filter}`,
    withToken(url),
    checkout,
  );
  run(checkout, 'remote', 'set-url', 'origin', url);
  const seen = join(root, 'seen');
  for (const way of ['clean', 'smudge'])
    run(checkout, 'config', `filter.spy.${way}`, `sh -c 'env >>${seen}; cat'`);

  const env = { COPPICE_HOME: join(root, 'home'), COPPICE_CACHE: join(root, 'cache') };
  const home = coppiceHome(env);
  const tokens = gitTokenSource({ GITHUB_API_URL: emulator.apiUrl, GITHUB_TOKEN: TOKEN });
  const location = {
    ...{ repository: ACME, issue: 1, hostId: 'h', checkout, worktree: join(root, 'app-issue-1') },
    ...{ branch: 'issue-1', remote: 'origin' },
  };
  const elsewhere = async (branch: string, files: Readonly<Record<string, string>>) => {
    await git(other, 'fetch', '--quiet');
    run(other, 'checkout', '--quiet', '--no-track', '-B', branch, `origin/${branch}`);
    const sha = commit(other, files, `elsewhere on ${branch}`);
    await git(other, 'push', '--quiet', 'origin', `HEAD:${branch}`);
    return sha;
  };
  return { location, home, tokens, elsewhere, seen };
}

test.each(['blob:none', 'tree:0'])(
  'in a clone with --filter=%s a session has what it needs, and no filter ever sees the token',
  async (filter) => {
    const { location, home, tokens, elsewhere, seen } = await partialClone(filter);
    const { signal } = new AbortController();
    await elsewhere('main', { 'fresh.txt': 'fresh\n' });
    const made = { location, workflowId: 'coppice/acme/app/issues/1', from: 'main' };
    const base = await createWorktree({ home, tokens }, made, signal);
    expect(run(location.worktree, 'status', '--porcelain')).toBe('');

    commit(location.worktree, { 'new.txt': 'new\n', 'sub/b.txt': 'agent\n' });
    await syncBranch(location);
    expect(await inspectWork(location, base)).toMatchObject({ commits: 1, diff: { files: 2 } });
    expect(await outgoingProblems(location, base, 5, tokens)).toEqual([]);
    await pushBranch(location, tokens);

    await elsewhere('issue-1', { 'theirs.txt': 'theirs\n' });
    commit(location.worktree, { 'more.txt': 'more\n' });
    await syncBranch(location);
    const taken = await integrateRemoteCommits(location, base, { tokens });
    expect(taken).toMatchObject({ commits: 1 });

    const tip = await elsewhere('main', { 'a.txt': '2\n', 'sub/c.txt': '2\n' });
    const moved = await restack(location, taken.base, 'main', { tokens });
    expect(moved.tip).toBe(tip);
    expect(await patchId(location, moved)).toMatch(/^[0-9a-f]{40}/);

    await elsewhere('main', { 'sub/b.txt': 'main\n' });
    await expect(restack(location, moved, 'main', { tokens })).rejects.toMatchObject({
      type: 'RebaseConflict',
      details: expect.stringContaining('elsewhere on main'),
    });
    expect(readFileSync(seen, 'utf8')).not.toContain(TOKEN);
    expect(readFileSync(seen, 'utf8')).not.toContain(btoa(`x-access-token:${TOKEN}`));
  },
);

test('planning reads the files and the history of a partial clone', async () => {
  const { location, home, tokens, elsewhere } = await partialClone('tree:0');
  for (const text of ['2\n', '3\n', 'findable\n'])
    await elsewhere('main', { 'a.txt': text, 'sub/b.txt': text });
  await fetchBranch(location.checkout, 'origin', 'main', tokens);
  const { map, containing } = await openCodebase(
    home,
    { repository: ACME, checkout: location.checkout, remote: 'origin', base: 'main', commits: 100 },
    tokens,
  );
  expect(map.files).toContain('sub/b.txt');
  const known = map.alike(new Map([['elsewhere', 1]]), 9).map(([path]) => path);
  expect(known).toContain('sub/b.txt');
  expect(await containing(['findable'])).toEqual(new Map([['findable', ['a.txt', 'sub/b.txt']]]));
});

test('a shallow clone is worked in like any other', async () => {
  const { emulator, clone: other } = await githubFixture();
  for (const n of [1, 2, 3]) commit(other, { 'a.txt': `${n}\n` });
  await git(other, 'push', '--quiet', 'origin', 'HEAD:main');
  const url = `${emulator.apiUrl}/acme/app.git`;
  const root = temporaryDirectory('shallow');
  const checkout = join(root, 'app');
  await git(root, 'clone', '--quiet', '--depth=1', withToken(url), checkout);
  run(checkout, 'remote', 'set-url', 'origin', url);
  const home = coppiceHome({ COPPICE_HOME: join(root, 'home') });
  const tokens = gitTokenSource({ GITHUB_API_URL: emulator.apiUrl, GITHUB_TOKEN: TOKEN });
  const location = {
    ...{ repository: ACME, issue: 1, hostId: 'h', checkout, worktree: join(root, 'app-issue-1') },
    ...{ branch: 'issue-1', remote: 'origin' },
  };
  const made = { location, workflowId: 'coppice/acme/app/issues/1', from: 'main' };
  const { signal } = new AbortController();
  const base = await createWorktree({ home, tokens }, made, signal);
  commit(location.worktree, { 'new.txt': 'new\n' });
  await syncBranch(location);
  await pushBranch(location, tokens);
  commit(other, { 'b.txt': 'b\n' });
  await git(other, 'push', '--quiet', 'origin', 'HEAD:main');
  const moved = await restack(location, base, 'main', { tokens });
  expect(await inspectWork(location, moved)).toMatchObject({ commits: 1, uncommitted: 0 });
});
