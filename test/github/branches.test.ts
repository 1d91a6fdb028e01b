import { expect, test } from 'vitest';
import { createGitHub } from '../../src/github/api/client.ts';
import { ACME, githubFixture, TOKEN } from '../support/github-fixture.ts';

async function merged({ child = false } = {}) {
  const fixture = await githubFixture({ deleteBranchOnMerge: false });
  const { emulator, pushBranch } = fixture;
  const github = createGitHub({ apiUrl: emulator.apiUrl, tokens: async () => TOKEN });
  const open = (head: string, base: string) =>
    github.ensurePullRequest(ACME, { head, base, title: head, body: '', marker: head });
  const sha = await pushBranch('issue-1');
  const { number } = await open('issue-1', 'main');
  await pushBranch('issue-2', { from: 'issue-1' });
  if (child) await open('issue-2', 'issue-1');
  await emulator.mergePullRequest(ACME, number);
  const exists = () => github.branchExists(ACME, 'issue-1');
  return {
    ...fixture,
    github,
    sha,
    exists,
    remove: () => github.deleteBranch(ACME, 'issue-1', sha),
  };
}

test('a merged branch is deleted, and once more is fine', async () => {
  const { remove, exists } = await merged();
  await remove();
  expect(await exists()).toBe(false);
  await remove();
});

test('a branch that an open pull request has as base stays', async () => {
  const { github, remove, exists, emulator } = await merged({ child: true });
  await remove();
  expect(await exists()).toBe(true);
  await github.retarget(ACME, 2, 'main');
  await remove();
  expect(await exists()).toBe(false);
  expect(emulator.pullRequests(ACME)[1]?.state).toBe('open');
});

test('a branch that was pushed to after its merge stays', async () => {
  const { pushBranch, remove, exists } = await merged();
  await pushBranch('issue-1', { from: 'issue-1', file: 'more.txt' });
  await remove();
  expect(await exists()).toBe(true);
});

test('a branch that somebody deletes at the same moment is fine', async () => {
  const { emulator, remove, github, sha } = await merged();
  const held = emulator.holdNext('DELETE', /refs/);
  const first = remove();
  await held.arrived;
  await github.deleteBranch(ACME, 'issue-1', sha);
  held.release();
  await first;
});
