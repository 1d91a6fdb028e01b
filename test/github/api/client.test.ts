import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { managedSection } from '../../../src/domain/pull-request/managed-section.ts';
import { createGitHub } from '../../../src/github/api/client.ts';
import { ACME, connect, type Fixture, githubFixture, TOKEN } from '../../support/github-fixture.ts';

const marker = 'coppice/acme/app/issues/1';
const ask = { head: 'issue-1', base: 'main', title: 'One', body: 'Closes #1', marker };

const creations = ({ emulator }: Fixture) =>
  emulator.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/pulls'));

test('an issue is read with what a session needs of it', async () => {
  const fixture = await githubFixture();
  fixture.emulator.addIssue(ACME, { number: 123, title: 'Login', body: 'Add it', labels: ['new'] });
  expect(await connect(fixture).readIssue(ACME, 123)).toEqual({
    ...{ number: 123, title: 'Login', body: 'Add it', state: 'open', isPullRequest: false },
    ...{ labels: ['new'], url: `${fixture.emulator.apiUrl}/acme/app/issues/123` },
  });
});

test('a pull request read as an issue says that it is one', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('issue-1');
  const github = connect(fixture);
  const { number } = await github.ensurePullRequest(ACME, ask);
  expect(await github.readIssue(ACME, number)).toMatchObject({ isPullRequest: true });
});

test('an issue that is not there is not workable', async () => {
  const fixture = await githubFixture();
  await expect(connect(fixture).readIssue(ACME, 5)).rejects.toMatchObject({
    type: 'IssueNotWorkable',
    message: 'acme/app has no issue #5, or the GitHub token may not see it',
  });
});

test('the default branch is known, and which branches exist', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('feature/deep');
  const github = connect(fixture);
  expect(await github.defaultBranch(ACME)).toBe('main');
  expect(await github.branchExists(ACME, 'feature/deep')).toBe(true);
  expect(await github.branchExists(ACME, 'feature')).toBe(false);
});

test('a repository that is not there is unknown', async () => {
  const github = connect(await githubFixture());
  const nothing = ACME.replace('app', 'nothing') as typeof ACME;
  await expect(github.defaultBranch(nothing)).rejects.toMatchObject({ type: 'UnknownRepository' });
});

test('asking for a pull request twice gives one', async () => {
  const fixture = await githubFixture();
  const headSha = await fixture.pushBranch('issue-1');
  const github = connect(fixture);
  const first = await github.ensurePullRequest(ACME, ask);
  expect(first).toEqual({
    ...{ number: 1, url: `${fixture.emulator.apiUrl}/acme/app/pull/1`, state: 'open' },
    ...{ merged: false, draft: false, headSha, base: 'main', mergeable: 'unknown' },
    checks: { total: 0, pending: 0, notPassed: [], running: [] },
  });
  expect(await github.ensurePullRequest(ACME, ask)).toEqual(first);
  expect(creations(fixture)).toHaveLength(1);
  expect(fixture.emulator.pullRequests(ACME)[0]?.body).toBe(
    `${managedSection('Closes #1')}\n\n<!-- coppice: coppice/acme/app/issues/1 -->\n`,
  );
});

test('a pull request whose creation went unanswered is found again', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('issue-1');
  fixture.emulator.failNext({ method: 'POST', path: /\/pulls$/, status: 'after' });
  const pull = await connect(fixture).ensurePullRequest(ACME, ask);
  expect(pull.number).toBe(1);
  expect(fixture.emulator.pullRequests(ACME)).toHaveLength(1);
});

test('two that ask at the same time get the same pull request', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('issue-1');
  const [a, b] = await Promise.all([
    connect(fixture).ensurePullRequest(ACME, ask),
    connect(fixture).ensurePullRequest(ACME, ask),
  ]);
  expect(a).toEqual(b);
  expect(fixture.emulator.pullRequests(ACME)).toHaveLength(1);
});

test('a closed pull request is not adopted: a new one is opened', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('issue-1');
  const closed = await connect(fixture).ensurePullRequest(ACME, ask);
  fixture.emulator.closePullRequest(ACME, closed.number);
  expect((await connect(fixture).ensurePullRequest(ACME, ask)).number).not.toBe(closed.number);
});

test('one merged before its session heard of it is adopted', async () => {
  const fixture = await githubFixture({ deleteBranchOnMerge: false });
  await fixture.pushBranch('issue-1');
  const github = connect(fixture);
  const { number } = await github.ensurePullRequest(ACME, ask);
  await fixture.emulator.mergePullRequest(ACME, number, 'squash');
  expect(await github.ensurePullRequest(ACME, ask)).toMatchObject({ number, merged: true });
});

test('one merged for an earlier session of the issue is not adopted', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('issue-1');
  const earlier = await connect(fixture).ensurePullRequest(ACME, ask);
  await fixture.emulator.mergePullRequest(ACME, earlier.number);
  await fixture.pushBranch('issue-1', { file: 'more.txt' });
  const next = await connect(fixture).ensurePullRequest(ACME, ask);
  expect(next).toMatchObject({ merged: false, state: 'open' });
  expect(next.number).not.toBe(earlier.number);
});

test("GitHub's refusal is told in its own words", async () => {
  const fixture = await githubFixture();
  await expect(
    connect(fixture).ensurePullRequest(ACME, { ...ask, head: 'main' }),
  ).rejects.toMatchObject({
    type: 'GitHubRejected',
    message: expect.stringMatching(/\(422\): No commits between main and main$/),
  });
});

test('a pull request that has not changed is read without cost', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('issue-1');
  const github = connect(fixture);
  const { number } = await github.ensurePullRequest(ACME, ask);
  const first = await github.readPullRequest(ACME, number);
  expect(await github.readPullRequest(ACME, number)).toEqual(first);
  expect(fixture.emulator.requests.slice(-2).map(({ status }) => status)).toEqual([200, 304]);

  const headSha = await fixture.pushBranch('issue-1', { from: 'issue-1', file: 'more.txt' });
  expect(await github.readPullRequest(ACME, number)).toEqual({ ...first, headSha });
});

test('a retargeted pull request has its new base, and one that is there already is left alone', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('issue-1');
  await fixture.pushBranch('issue-2', { from: 'issue-1' });
  const github = connect(fixture);
  const { number } = await github.ensurePullRequest(ACME, {
    ...ask,
    ...{ head: 'issue-2', base: 'issue-1' },
  });
  expect(await github.retarget(ACME, number, 'main')).toMatchObject({ base: 'main' });
  expect(await github.retarget(ACME, number, 'main')).toMatchObject({ base: 'main' });
  expect(fixture.emulator.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
});

test('a merged pull request is not retargeted', async () => {
  const fixture = await githubFixture();
  await fixture.pushBranch('issue-1');
  await fixture.pushBranch('other');
  const github = connect(fixture);
  const { number } = await github.ensurePullRequest(ACME, ask);
  await fixture.emulator.mergePullRequest(ACME, number);
  expect(await github.retarget(ACME, number, 'other')).toMatchObject({
    ...{ base: 'main', merged: true },
  });
});

test('a refused token is an order to log in, and is never named', async () => {
  const fixture = await githubFixture();
  const error = await connect(fixture, { token: 'hidden-and-wrong' })
    .readIssue(ACME, 1)
    .catch((reason) => reason);
  expect(error).toMatchObject({
    type: 'Unauthorized',
    message: expect.stringContaining('gh auth login'),
  });
  expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('hidden-and-wrong');
});

test('a token that may too little is told from a rate limit', async () => {
  const fixture = await githubFixture();
  const path = /issues/;
  fixture.emulator.failNext({
    ...{ path, status: 403 },
    body: { message: 'Resource not accessible by personal access token' },
  });
  await expect(connect(fixture).readIssue(ACME, 1)).rejects.toMatchObject({
    ...{ type: 'Unauthorized', details: 'Resource not accessible by personal access token' },
    // Asked about only when it stays.
    mayPass: true,
  });

  const reset = Math.floor(Date.now() / 1000) + 600;
  fixture.emulator.failNext({
    ...{ path, status: 403, body: { message: 'API rate limit exceeded' } },
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
  });
  await expect(connect(fixture).readIssue(ACME, 1)).rejects.toMatchObject({
    ...{ name: 'RateLimited', until: new Date((reset + 1) * 1000) },
  });
});

test('a secondary limit is waited for when short, and handed on when long', async () => {
  const fixture = await githubFixture();
  fixture.emulator.addIssue(ACME, { title: 'One' });
  const limit = (seconds: string) =>
    fixture.emulator.failNext({
      ...{ path: /issues/, status: 403, headers: { 'retry-after': seconds } },
      body: { message: 'You have exceeded a secondary rate limit' },
    });
  const github = connect(fixture, { spaced: true });
  limit('1');
  expect(await github.readIssue(ACME, 1)).toMatchObject({ title: 'One' });
  fixture.emulator.failNext({ path: /issues/, status: 429 });
  await expect(github.readIssue(ACME, 1)).rejects.toMatchObject({ name: 'RateLimited' });
  limit('90');
  const error = await github.readIssue(ACME, 1).catch((reason) => reason);
  expect(error).toMatchObject({ name: 'RateLimited' });
  expect(error.until.getTime()).toBeGreaterThan(Date.now() + 80_000);
});

test('a hiccup is tried once more, and a failure that stays is an ordinary error', async () => {
  const fixture = await githubFixture();
  fixture.emulator.addIssue(ACME, { title: 'One' });
  fixture.emulator.failNext({ path: /issues/, status: 'reset' });
  expect(await connect(fixture).readIssue(ACME, 1)).toMatchObject({ title: 'One' });
  fixture.emulator.failNext({ path: /issues/, status: 502, body: '<html>Unicorn!', times: 2 });
  await expect(connect(fixture).readIssue(ACME, 1)).rejects.toThrow(
    'GitHub failed to read issue #1 of acme/app: it answered 502',
  );
});

test('a page instead of JSON is told from GitHub', async () => {
  const fixture = await githubFixture();
  fixture.emulator.failNext({ path: /issues/, status: 200, body: '<html>Please log in' });
  await expect(connect(fixture).readIssue(ACME, 1)).rejects.toMatchObject({
    ...{
      name: 'Unreachable',
      message: expect.stringMatching(/text that is not JSON.*GITHUB_API_URL/),
    },
  });
});

test('no answer at all is unreachable, whatever the reason', async () => {
  const closed = createServer();
  await new Promise<void>((listening) => closed.listen(0, '127.0.0.1', listening));
  const apiUrl = `http://127.0.0.1:${(closed.address() as AddressInfo).port}`;
  await new Promise((done) => closed.close(done));
  const github = createGitHub({ apiUrl, tokens: async () => TOKEN });
  await expect(github.readIssue(ACME, 1)).rejects.toMatchObject({
    ...{ name: 'Unreachable', message: expect.stringContaining(apiUrl) },
  });
});

test('an issue of a deleted account, without a body, is read like any other', async () => {
  const issue = { number: 1, title: 'One', body: null, user: null, state: 'open', labels: ['a'] };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...issue, html_url: 'https://github.com/acme/app/issues/1' }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const github = createGitHub({ apiUrl, tokens: async () => TOKEN });
  expect(await github.readIssue(ACME, 1)).toMatchObject({ body: '', labels: ['a'] });
  await expect(github.readIssue(ACME, 2)).rejects.toMatchObject({
    ...{ type: 'IssueNotWorkable', message: expect.stringContaining('was moved to') },
  });
});
