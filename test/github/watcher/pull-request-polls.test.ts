import { expect, test } from 'vitest';
import { latestChecks } from '../../../src/github/checks/latest-checks.ts';
import { reportsOf } from '../../../src/github/checks/rollup.ts';
import { ACME, connect, githubFixture } from '../../support/github-fixture.ts';

test('an issue and its pull request are read in one request, at the price of one point', async () => {
  const fixture = await githubFixture();
  const { issue, pullRequest, headSha } = await fixture.openPull();
  const before = fixture.emulator.requests.length;
  const { polls, rateLimit } = await connect(fixture).readPolls(ACME, [{ issue, pullRequest }]);
  expect(fixture.emulator.requests).toHaveLength(before + 1);
  expect(polls).toEqual([
    {
      issue: { state: 'open', title: 'One', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      pullRequest: {
        ...{ number: pullRequest, url: `${fixture.emulator.apiUrl}/acme/app/pull/${pullRequest}` },
        ...{ state: 'open', merged: false, draft: false, headSha, base: 'main' },
        ...{ baseSha: expect.stringMatching(/^[0-9a-f]{40}$/), approved: false },
        ...{ mergeable: 'yes', checks: { total: 0, pending: 0, notPassed: [], running: [] } },
      },
      fingerprint: expect.any(String),
    },
  ]);
  expect(rateLimit).toMatchObject({ limit: 5_000 });
  expect(fixture.emulator.rateLimit.used.graphql).toBe(1);
});

test('fifty issues and their pull requests cost one point, too', async () => {
  const watched = Array.from({ length: 50 }, (_, n) => ({ issue: n + 1, pullRequest: n + 101 }));
  const { rateLimit } = await connect(await githubFixture()).readPolls(ACME, watched);
  expect(rateLimit?.cost).toBe(1);
});

test('an issue without a pull request is watched too, and one that is gone is null', async () => {
  const fixture = await githubFixture();
  const issue = fixture.emulator.addIssue(ACME, { title: 'One' });
  const { polls } = await connect(fixture).readPolls(ACME, [
    { issue, pullRequest: null },
    { issue: 99, pullRequest: null },
  ]);
  expect(polls).toMatchObject([
    { issue: { title: 'One' }, pullRequest: null },
    { issue: null, pullRequest: null },
  ]);
});

test('a repository that is not there is unknown', async () => {
  const nothing = ACME.replace('app', 'nothing') as typeof ACME;
  await expect(
    connect(await githubFixture()).readPolls(nothing, [{ issue: 1, pullRequest: null }]),
  ).rejects.toMatchObject({ type: 'UnknownRepository' });
});

test('a pull request whose branch is renamed on GitHub is closed, and what is based on it follows', async () => {
  const fixture = await githubFixture();
  const watched = await fixture.openPull();
  const { polls: before } = await connect(fixture).readPolls(ACME, [watched]);
  expect(before[0]?.pullRequest?.headGone).toBeUndefined();
  await fixture.emulator.renameBranch(ACME, 'main', 'trunk');
  const { polls } = await connect(fixture).readPolls(ACME, [watched]);
  expect(polls[0]?.pullRequest).toMatchObject({ state: 'open', base: 'trunk' });
  await fixture.emulator.renameBranch(ACME, `issue-${watched.issue}`, 'better');
  const { polls: after } = await connect(fixture).readPolls(ACME, [watched]);
  expect(after[0]?.pullRequest).toMatchObject({ state: 'closed', merged: false, headGone: true });
});

test('checks are told by their results, of the head commit only', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const watched = await fixture.openPull();
  const { headSha } = watched;
  emulator.check(ACME, headSha, { name: 'unit', conclusion: 'failure' });
  emulator.check(ACME, headSha, { name: 'lint', conclusion: 'success' });
  emulator.check(ACME, headSha, { name: 'slow' });
  emulator.status(ACME, headSha, { context: 'deploy', state: 'error', targetUrl: 'https://d.io' });
  emulator.check(ACME, 'f'.repeat(40), { name: 'elsewhere', conclusion: 'failure' });
  const { polls } = await connect(fixture).readPolls(ACME, [watched]);
  expect(polls[0]?.pullRequest?.checks).toMatchObject({
    ...{ total: 4, pending: 1, running: [{ name: 'slow' }] },
    notPassed: [
      { name: 'deploy', id: 'status deploy', runId: null, result: 'failed', url: 'https://d.io' },
      { name: 'unit', id: 'github-actions 1 unit', runId: expect.any(Number), result: 'failed' },
    ],
  });
});

test('a check that was run again counts as it is now', async () => {
  const fixture = await githubFixture();
  const watched = await fixture.openPull();
  const github = connect(fixture);
  fixture.emulator.check(ACME, watched.headSha, { name: 'unit', conclusion: 'failure' });
  const first = (await github.readPolls(ACME, [watched])).polls[0]?.pullRequest;
  const [check] = first?.checks.notPassed ?? [];
  if (!check) throw new Error('nothing failed');
  await github.rerun(ACME, [check]);
  const second = (await github.readPolls(ACME, [watched])).polls[0]?.pullRequest;
  expect(second?.checks).toMatchObject({ total: 1, pending: 1, running: [{ name: 'unit' }] });
});

test('a check that waits to begin again counts instead of the run before it', () => {
  const run = {
    ...({ __typename: 'CheckRun', databaseId: 1, name: 'unit', detailsUrl: '' } as const),
    status: 'COMPLETED',
  };
  const suite = (event: string) => ({
    ...{ status: 'COMPLETED', app: { slug: 'github-actions' } },
    workflowRun: {
      ...{ databaseId: 3, runNumber: 1, url: '', event },
      workflow: { databaseId: 1, name: 'CI' },
    },
  });
  const failed = { ...run, conclusion: 'FAILURE', startedAt: '2026-01-01T00:00:00Z' };
  const waiting = { ...run, status: 'QUEUED', conclusion: null, startedAt: null };
  const onPush = { ...failed, checkSuite: suite('push') };
  const again = { ...waiting, checkSuite: suite('push') };
  const onPull = { ...failed, checkSuite: suite('pull_request') };
  const results = (...contexts: Parameters<typeof reportsOf>[0]) =>
    latestChecks(reportsOf(contexts)).map(({ result }) => result);
  expect(results(again, onPush)).toEqual(['pending']);
  expect(results(onPull, onPush, again)).toEqual(['failed', 'pending']);
});

test('what is said changes the fingerprint, within the same second too; checks do not', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const watched = await fixture.openPull();
  const { issue, pullRequest, headSha } = watched;
  const github = connect(fixture);
  const fingerprint = async () => (await github.readPolls(ACME, [watched])).polls[0]?.fingerprint;
  const seen = [await fingerprint()];
  emulator.check(ACME, headSha, { name: 'unit' });
  expect(await fingerprint()).toBe(seen[0]);
  emulator.comment(ACME, issue, { author: 'alice', body: 'a' });
  seen.push(await fingerprint());
  emulator.comment(ACME, pullRequest, { author: 'alice', body: 'b' });
  seen.push(await fingerprint());
  emulator.review(ACME, pullRequest, {
    ...{ author: 'alice', state: 'COMMENTED', body: 'c' },
  });
  seen.push(await fingerprint());
  expect(new Set(seen).size).toBe(4);
});

test('a conflict with the base, a draft and a merge are seen', async () => {
  const fixture = await githubFixture();
  const watched = await fixture.openPull({ draft: true });
  const github = connect(fixture);
  await fixture.emulator.push(ACME, {
    ...{ branch: 'main', author: 'alice', path: `issue-${watched.issue}.txt`, text: 'else' },
  });
  const { polls } = await github.readPolls(ACME, [watched]);
  expect(polls[0]?.pullRequest).toMatchObject({ mergeable: 'conflicting', draft: true });
  fixture.emulator.closePullRequest(ACME, watched.pullRequest);
  const closed = await github.readPolls(ACME, [watched]);
  expect(closed.polls[0]?.pullRequest).toMatchObject({ state: 'closed', merged: false });
});

test('another digest means another title or body; a ticked box is no edit', async () => {
  const fixture = await githubFixture();
  const issue = fixture.emulator.addIssue(ACME, { title: 'One', body: 'Do it' });
  const github = connect(fixture);
  const digest = async () =>
    (await github.readPolls(ACME, [{ issue, pullRequest: null }])).polls[0]?.issue?.digest;
  const before = await digest();
  expect(await digest()).toBe(before);
  fixture.emulator.edit(ACME, issue, { body: 'Do it well' });
  expect(await digest()).not.toBe(before);
  fixture.emulator.edit(ACME, issue, { body: '- [ ] reviewed\n  1. [ ] told' });
  const open = await digest();
  fixture.emulator.edit(ACME, issue, { body: '- [x] reviewed\n  1. [X] told' });
  expect(await digest()).toBe(open);
});

test('it is approved while its latest reviews say so, and the base is told as it is now', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const watched = await fixture.openPull();
  const read = async () =>
    (await connect(fixture).readPolls(ACME, [watched])).polls[0]?.pullRequest;
  emulator.review(ACME, watched.pullRequest, { author: 'alice', state: 'APPROVED' });
  expect(await read()).toMatchObject({ approved: true });
  emulator.review(ACME, watched.pullRequest, { author: 'bob', state: 'CHANGES_REQUESTED' });
  expect(await read()).toMatchObject({ approved: false });
  emulator.review(ACME, watched.pullRequest, { author: 'bob', state: 'APPROVED' });
  const baseSha = await fixture.pushBranch('main', { from: 'origin/main', file: 'later.txt' });
  expect(await read()).toMatchObject({ approved: true, baseSha });
});
