import { expect, test } from 'vitest';
import { ACME, connect, githubFixture } from '../../support/github-fixture.ts';

/** A pull request on the branch of another. */
async function stacked() {
  const fixture = await githubFixture({ deleteBranchOnMerge: false });
  const below = await fixture.openPull();
  await fixture.pushBranch('issue-2', { from: `origin/issue-${below.issue}` });
  const github = connect(fixture);
  const ask = { head: 'issue-2', title: 'Two', body: 'Two', marker: 'two' };
  const above = await github.ensurePullRequest(ACME, { ...ask, base: `issue-${below.issue}` });
  return { emulator: fixture.emulator, github, ask, below, above };
}

test('GitHub closes a pull request whose base branch is deleted, and a person closes one', async () => {
  const { emulator, github, ask, below, above } = await stacked();
  await emulator.mergePullRequest(ACME, below.pullRequest);
  await emulator.deleteBranch(ACME, `issue-${below.issue}`);
  expect(await github.readPullRequest(ACME, above.number)).toMatchObject({ state: 'closed' });
  expect(await github.lostItsBase(ACME, above.number)).toBe(true);
  expect(() => emulator.reopen(ACME, above.number)).toThrow('base branch was deleted');

  await expect(
    github.ensurePullRequest(ACME, { ...ask, base: `issue-${below.issue}` }),
  ).rejects.toMatchObject({ type: 'MissingBaseBranch' });
  const next = await github.ensurePullRequest(ACME, { ...ask, base: 'main' });
  expect(next.number).not.toBe(above.number);
  emulator.closePullRequest(ACME, next.number);
  expect(await github.lostItsBase(ACME, next.number)).toBe(false);
});
