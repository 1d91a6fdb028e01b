import { expect, test } from 'vitest';
import { createGitHub } from '../../src/github/api/client.ts';
import { readGitHubLimits, recordGitHubLimit } from '../../src/state/github-limits.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { ACME, githubFixture, TOKEN } from '../support/github-fixture.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** As many processes of one host as wanted, before an emulator with an issue. */
async function host() {
  const { emulator } = await githubFixture();
  const issue = emulator.addIssue(ACME, { title: 'One' });
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('limits') });
  const start = () => createGitHub({ apiUrl: emulator.apiUrl, tokens: async () => TOKEN, home });
  const watched = [{ issue, pullRequest: null }];
  return { emulator, home, issue, start, watched };
}

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

const usedUp = (reset: number, headers: Record<string, string> = {}) => ({
  ...{ path: /./, status: 403, body: { message: 'API rate limit exceeded for user ID 1' } },
  headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset), ...headers },
});

test('after a limit nothing is asked, not by a restarted process either', async () => {
  const { emulator, home, issue, start } = await host();
  const reset = inSeconds(600);
  emulator.failNext(usedUp(reset));
  const first = await start()
    .readIssue(ACME, issue)
    .catch((error) => error);
  expect(first).toMatchObject({ name: 'RateLimited' });
  const asked = emulator.requests.length;
  const again = await start()
    .readIssue(ACME, issue)
    .catch((error) => error);
  expect(again).toMatchObject({ name: 'RateLimited', until: first.until });
  expect(emulator.requests).toHaveLength(asked);
  expect(Object.keys(await readGitHubLimits(home))).toEqual(['core']);
  expect(await readGitHubLimits(home, (reset + 5) * 1000)).toEqual({});
});

test('an allowance that is used up leaves the others alone', async () => {
  const { emulator, issue, start, watched } = await host();
  emulator.failNext(usedUp(inSeconds(600)));
  const github = start();
  await expect(github.readIssue(ACME, issue)).rejects.toMatchObject({ name: 'RateLimited' });
  expect((await github.readPolls(ACME, watched)).polls).toHaveLength(1);
});

test("GraphQL's own limit is obeyed too, though it comes with status 200", async () => {
  const { emulator, home, issue, start, watched } = await host();
  emulator.failNext({
    ...{ path: /graphql/, status: 200 },
    headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inSeconds(600)) },
    body: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] },
  });
  const github = start();
  await expect(github.readPolls(ACME, watched)).rejects.toMatchObject({ name: 'RateLimited' });
  await expect(start().readPolls(ACME, watched)).rejects.toMatchObject({ name: 'RateLimited' });
  expect(Object.keys(await readGitHubLimits(home))).toEqual(['graphql']);
  expect(await github.readIssue(ACME, issue)).toMatchObject({ title: 'One' });
});

test('a secondary limit stops everything, to the second', async () => {
  const { emulator, home, issue, start, watched } = await host();
  emulator.failNext({
    ...{ path: /issues/, status: 403, headers: { 'retry-after': '90' } },
    body: { message: 'You have exceeded a secondary rate limit' },
  });
  const before = Date.now();
  await expect(start().readIssue(ACME, issue)).rejects.toMatchObject({ name: 'RateLimited' });
  const { all = '' } = await readGitHubLimits(home);
  expect(Date.parse(all)).toBeGreaterThanOrEqual(before + 90_000);
  expect(Date.parse(all)).toBeLessThanOrEqual(Date.now() + 90_000);
  await expect(start().readPolls(ACME, watched)).rejects.toMatchObject({ name: 'RateLimited' });
});

test("what counts is GitHub's clock, however wrong this machine's is", async () => {
  const { emulator, issue, start } = await host();
  const hoursAhead = Date.now() + 3 * 3_600_000;
  emulator.failNext(
    usedUp(Math.floor(hoursAhead / 1000) + 60, { date: new Date(hoursAhead).toUTCString() }),
  );
  const error = await start()
    .readIssue(ACME, issue)
    .catch((reason) => reason);
  expect(error.until.getTime() - Date.now()).toBeGreaterThan(55_000);
  expect(error.until.getTime() - Date.now()).toBeLessThan(65_000);
});

test('a limit that is over is none, and of two the later counts', async () => {
  const { home, issue, start } = await host();
  await recordGitHubLimit(home, 'core', new Date(Date.now() - 1_000));
  expect(await start().readIssue(ACME, issue)).toMatchObject({ title: 'One' });
  const later = new Date(Date.now() + 60_000);
  await recordGitHubLimit(home, 'core', later);
  await recordGitHubLimit(home, 'core', new Date(Date.now() + 30_000));
  expect(await readGitHubLimits(home)).toEqual({ core: later.toISOString() });
});
