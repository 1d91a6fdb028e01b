import { expect, test } from 'vitest';
import { ACME, connect, githubFixture } from '../../support/github-fixture.ts';

test('a pull request can begin as a draft, and is made ready once', async () => {
  const fixture = await githubFixture();
  const { pullRequest } = await fixture.openPull({ draft: true });
  const github = connect(fixture);
  expect(fixture.emulator.pullRequests(ACME)[0]?.draft).toBe(true);
  await github.markReady(ACME, pullRequest);
  await github.markReady(ACME, pullRequest);
  expect(fixture.emulator.pullRequests(ACME)[0]?.draft).toBe(false);
  const mutations = fixture.emulator.requests.filter(({ path }) => path === '/graphql');
  expect(mutations).toHaveLength(1);
});

test('where there are no drafts it is an ordinary one', async () => {
  const fixture = await githubFixture({ supportsDrafts: false });
  await fixture.openPull({ draft: true });
  expect(fixture.emulator.pullRequests(ACME)).toMatchObject([{ draft: false }]);
});

test('a pull request that has ended is neither made ready nor reviewed', async () => {
  const fixture = await githubFixture();
  const { pullRequest } = await fixture.openPull({ draft: true });
  fixture.emulator.closePullRequest(ACME, pullRequest);
  await connect(fixture).markReady(ACME, pullRequest);
  await connect(fixture).requestReviewers(ACME, pullRequest, ['alice']);
  expect(fixture.emulator.pullRequests(ACME)).toMatchObject([
    { draft: true, requestedReviewers: [] },
  ]);
});

test('those are asked for a review who have not been asked, have not reviewed and are not the author', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const { pullRequest } = await fixture.openPull();
  for (const login of ['alice', 'bob', 'carol', 'core']) emulator.allow(ACME, login, 'write');
  emulator.review(ACME, pullRequest, { author: 'bob', state: 'APPROVED' });
  const github = connect(fixture);
  await github.requestReviewers(ACME, pullRequest, ['alice']);
  await github.requestReviewers(ACME, pullRequest, ['person', 'Alice', 'bob', 'acme/core']);
  expect(emulator.pullRequests(ACME)[0]?.requestedReviewers).toEqual(['alice', 'core']);
  await github.requestReviewers(ACME, pullRequest, ['alice', 'bob']);
  expect(emulator.requests.filter(({ path }) => path.endsWith('_reviewers'))).toHaveLength(2);
});

test('a reviewer who may not review is told as GitHub says it', async () => {
  const fixture = await githubFixture();
  const { pullRequest } = await fixture.openPull();
  await expect(
    connect(fixture).requestReviewers(ACME, pullRequest, ['stranger']),
  ).rejects.toMatchObject({
    type: 'GitHubRejected',
    message: expect.stringMatching(/ask stranger to review.*not a collaborator/),
  });
});
