import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurnOfTheLoop } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { NO_CHECKS } from '../../../src/domain/pull-request/checks.ts';
import type { FeedbackItem } from '../../../src/domain/pull-request/feedback.ts';
import type { PullRequestSnapshot } from '../../../src/domain/pull-request/pull-request.ts';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import { createGitHub } from '../../../src/github/api/client.ts';
import { RateLimited, Unreachable } from '../../../src/github/api/errors.ts';
import type { GitHub, PullRequestPoll } from '../../../src/github/port.ts';
import { createWatcher, type WatcherOptions } from '../../../src/github/watcher/watcher.ts';
import { registerWatch, unregisterWatch } from '../../../src/github/watcher/watches.ts';
import { coppiceHome } from '../../../src/state/home.ts';
import { eventually } from '../../support/eventually.ts';
import { PLACELESS } from '../../support/feedback.ts';
import { ACME, connect, githubFixture } from '../../support/github-fixture.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const session = (issue: number, pullRequest: number | null = issue) => ({
  ...{ workflowId: `coppice/acme/app/issues/${issue}`, repository: ACME, issue, pullRequest },
});

const snapshot = (
  number: number,
  change: Partial<PullRequestSnapshot> = {},
): PullRequestSnapshot => ({
  ...{ number, url: `https://github.com/acme/app/pull/${number}`, state: 'open', merged: false },
  ...{ draft: false, headSha: 'a1', base: 'main', mergeable: 'unknown', checks: NO_CHECKS },
  ...change,
});

const ISSUE = { state: 'open', title: 'One', digest: 'd' } as const;

const said = (id: string, text = 'Hello'): FeedbackItem => ({
  ...{ id, node: id, kind: 'comment', onIssue: false, author: 'alice', bot: false },
  ...{ mayWrite: true, text, url: '', at: '2026-01-01T00:00:00Z' },
  ...PLACELESS,
});

/** GitHub as a test wants it: pull requests, what was said, and how it fails. */
interface World {
  pull(number: number): Partial<PullRequestSnapshot>;
  said: FeedbackItem[];
  fail?: (repository: string) => void;
}

/** A watcher over a fresh home, which goes round in a blink. */
function watching(world: Partial<World> = {}, options: Partial<WatcherOptions> = {}) {
  const all: World = { pull: () => ({}), said: [], ...world };
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('watch') });
  const deliver = vi.fn<WatcherOptions['deliver']>(async () => 'delivered');
  const readPolls = vi.fn<GitHub['readPolls']>(async (repository, watched) => {
    all.fail?.(repository);
    const polls = watched.map(
      ({ pullRequest: number }): PullRequestPoll => ({
        ...{ issue: ISSUE, fingerprint: String(all.said.map(({ id }) => id)) },
        pullRequest: number === null ? null : snapshot(number, all.pull(number)),
      }),
    );
    return { polls: polls, problems: [], rateLimit: null };
  });
  const readFeedback = vi.fn<GitHub['readFeedback']>(async () => [...all.said]);
  const lines: string[] = [];
  const watcher = createWatcher({
    ...{ home, github: { readPolls, readFeedback }, interval: 0.01, deliver },
    log: (line) => lines.push(line),
    ...options,
  });
  onTestFinished(() => watcher.stop());
  const rounds = (count: number) =>
    eventually(() => expect(readPolls.mock.calls.length).toBeGreaterThanOrEqual(count));
  return { home, watcher, deliver, lines, readPolls, readFeedback, rounds, world: all };
}

const delivered = (deliver: ReturnType<typeof watching>['deliver'], count: number) =>
  eventually(() => expect(deliver.mock.calls.length).toBeGreaterThanOrEqual(count));

test('a session hears of its pull request once, and again when it changes', async () => {
  let headSha = 'a1';
  const { home, watcher, deliver, rounds } = watching({ pull: () => ({ headSha }) });
  await registerWatch(home, session(1));
  watcher.start();
  await rounds(5);
  const news = { pullRequest: snapshot(1), issue: ISSUE, feedback: [] };
  expect(deliver.mock.calls).toEqual([[session(1).workflowId, news]]);
  headSha = 'b2';
  await delivered(deliver, 2);
  await rounds(15);
  expect(deliver).toHaveBeenCalledTimes(2);
  expect(deliver.mock.lastCall?.[1].pullRequest?.headSha).toBe('b2');
});

test('a session without a pull request hears of its issue and what is said there', async () => {
  const { home, watcher, deliver } = watching({ said: [said('1')] });
  await registerWatch(home, session(1, null));
  watcher.start();
  await delivered(deliver, 1);
  expect(deliver.mock.lastCall?.[1]).toEqual({
    ...{ pullRequest: null, issue: ISSUE, feedback: [said('1')] },
  });
});

test('what was said is read when something may have been said, and each is told once', async () => {
  const { home, watcher, deliver, rounds, world, readFeedback } = watching({ said: [said('1')] });
  await registerWatch(home, session(1));
  watcher.start();
  await rounds(5);
  expect(readFeedback).toHaveBeenCalledTimes(1);
  world.said = [said('1', 'edited'), said('2')];
  await delivered(deliver, 2);
  await rounds(15);
  expect(readFeedback).toHaveBeenCalledTimes(2);
  expect(deliver.mock.calls.map(([, { feedback }]) => feedback)).toEqual([
    [said('1')],
    [said('2')],
  ]);
});

test('one whose answer is not understood is told once, and keeps the others from nothing', async () => {
  const { home, watcher, deliver, lines, readPolls, rounds } = watching();
  const read = readPolls.getMockImplementation();
  readPolls.mockImplementation(async (repository, watched) => {
    const { polls = [], rateLimit = null } = (await read?.(repository, watched)) ?? {};
    const without = polls.map((poll, n) => (watched[n]?.issue === 1 ? undefined : poll));
    return { polls: without, problems: ['acme/app#1 is odd'], rateLimit };
  });
  await registerWatch(home, session(1));
  await registerWatch(home, session(2));
  watcher.start();
  await delivered(deliver, 1);
  await rounds(5);
  expect(deliver.mock.calls.map(([workflowId]) => workflowId)).toEqual([session(2).workflowId]);
  expect(lines).toEqual(['acme/app#1 is odd']);
});

test('more than a message holds is told in several', async () => {
  const many = Array.from({ length: 60 }, (_, n) => said(String(n), 'x'.repeat(8_000)));
  const { home, watcher, deliver, rounds } = watching({ said: many });
  await registerWatch(home, session(1));
  watcher.start();
  await rounds(3);
  expect(deliver.mock.calls.length).toBeGreaterThan(1);
  expect(deliver.mock.calls.flatMap(([, { feedback }]) => feedback)).toEqual(many);
  for (const [, news] of deliver.mock.calls)
    expect(JSON.stringify(news).length).toBeLessThan(300_000);
});

test('neither the count of running checks nor a forgotten mergeability is news', async () => {
  let change: Partial<PullRequestSnapshot> = {
    ...{ mergeable: 'yes', checks: { total: 300, pending: 300, notPassed: [], running: [] } },
  };
  const { home, watcher, deliver, readPolls, rounds } = watching({ pull: () => change });
  await registerWatch(home, session(1));
  watcher.start();
  await delivered(deliver, 1);
  change = { mergeable: 'unknown', checks: { total: 300, pending: 6, notPassed: [], running: [] } };
  await rounds(readPolls.mock.calls.length + 5);
  expect(deliver).toHaveBeenCalledTimes(1);
  change = { mergeable: 'unknown', checks: { total: 300, pending: 0, notPassed: [], running: [] } };
  await delivered(deliver, 2);
  expect(deliver.mock.lastCall?.[1].pullRequest).toMatchObject({
    ...{ mergeable: 'yes', checks: { pending: 0 } },
  });
  // Another check has begun and passed since the last round: the time to settle begins anew.
  const checks = { total: 301, pending: 0, notPassed: [], running: [], begun: 'another' };
  change = { mergeable: 'unknown', checks };
  await delivered(deliver, 3);
});

test('a restarted watcher tells what it finds once more', async () => {
  const first = watching();
  await registerWatch(first.home, session(1));
  first.watcher.start();
  await delivered(first.deliver, 1);
  await first.watcher.stop();
  const second = watching({}, { home: first.home });
  second.watcher.start();
  await delivered(second.deliver, 1);
});

test('a registration made while it waits is read when nudged', async () => {
  const { home, watcher, deliver } = watching({}, { interval: 3_600 });
  watcher.start();
  await registerWatch(home, session(1));
  watcher.nudge();
  await delivered(deliver, 1);
  await registerWatch(home, session(2));
  watcher.nudge();
  await delivered(deliver, 2);
});

test('an event of a watched repository starts a round, one of another does not', async () => {
  let headSha = 'a1';
  const world = { pull: () => ({ headSha }) };
  const { home, watcher, deliver, readPolls } = watching(world, { interval: 3_600 });
  await registerWatch(home, session(1));
  watcher.start();
  await delivered(deliver, 1);
  headSha = 'b2';
  watcher.nudgeFor(ACME.replace('app', 'other') as typeof ACME);
  // Writing files takes longer than a round, if there were one.
  for (const issue of [2, 3, 4]) await registerWatch(home, session(issue));
  expect(readPolls).toHaveBeenCalledTimes(1);
  watcher.nudgeFor(ACME.toUpperCase() as typeof ACME);
  await delivered(deliver, 2);
});

test('registering again means being told again', async () => {
  const { home, watcher, deliver, rounds } = watching({ said: [said('1')] });
  await registerWatch(home, session(1, null));
  watcher.start();
  await rounds(5);
  await registerWatch(home, session(1));
  await delivered(deliver, 2);
  expect(deliver.mock.lastCall?.[1]).toMatchObject({
    ...{ pullRequest: { number: 1 }, feedback: [said('1')] },
  });
});

test('a session that is gone is not watched any more', async () => {
  const { home, watcher, deliver, rounds } = watching();
  deliver.mockImplementation(async (id) => (id.endsWith('/1') ? 'gone' : 'delivered'));
  await registerWatch(home, session(1));
  await registerWatch(home, session(2));
  watcher.start();
  await rounds(5);
  expect(deliver).toHaveBeenCalledTimes(2);
  expect(readdirSync(join(home.watch, 'acme', 'app'))).toEqual(['2.json']);
});

test('unregistering twice is like once', async () => {
  const { home, watcher, readPolls } = watching();
  await registerWatch(home, session(1));
  await unregisterWatch(home, session(1));
  await unregisterWatch(home, session(1));
  watcher.start();
  await watcher.stop();
  expect(readPolls).not.toHaveBeenCalled();
});

test('news that could not be delivered are delivered in the next round', async () => {
  const { home, watcher, deliver, lines } = watching({ said: [said('1')] });
  deliver.mockRejectedValueOnce(new Error('no server'));
  await registerWatch(home, session(1));
  watcher.start();
  await delivered(deliver, 2);
  expect(deliver.mock.lastCall?.[1].feedback).toEqual([said('1')]);
  await eventually(() => expect(lines).toEqual(['no server', 'Pull requests are watched again']));
});

test('one that fails does not keep the others from being told', async () => {
  const { home, watcher, deliver, readFeedback } = watching();
  readFeedback.mockImplementation(async (_, { issue }) => {
    if (issue === 1) throw new Error('broken');
    return [];
  });
  for (const issue of [1, 2, 3]) await registerWatch(home, session(issue));
  watcher.start();
  await delivered(deliver, 2);
  expect(deliver.mock.calls.map(([, { pullRequest }]) => pullRequest?.number)).toEqual([2, 3]);
});

test('all of a repository are read in one call, and one that fails does not keep another from it', async () => {
  const others = ['aaa', 'zzz'].map((name) => ACME.replace('app', name) as typeof ACME);
  const { home, watcher, deliver, readPolls } = watching({
    fail: (repository) => {
      if (repository !== ACME) throw new Error('no such repository');
    },
  });
  for (const repository of others)
    await registerWatch(home, { ...session(9), repository, workflowId: repository });
  for (const issue of [1, 2]) await registerWatch(home, session(issue));
  watcher.start();
  await delivered(deliver, 2);
  await eventually(() => expect(readPolls.mock.calls.length).toBeGreaterThanOrEqual(3));
  const calls = readPolls.mock.calls.slice(0, 3).map(([name, { length }]) => `${name} ${length}`);
  expect(calls.sort()).toEqual(['acme/aaa 1', 'acme/app 2', 'acme/zzz 1']);
});

test('a trouble is told when it begins and when it is over, not in every round', async () => {
  let broken = true;
  const { home, watcher, deliver, lines, rounds } = watching({
    fail: () => {
      if (broken) throw new CoppiceError('Unauthorized', 'No token');
    },
  });
  await registerWatch(home, session(1));
  watcher.start();
  await rounds(5);
  expect(lines).toEqual(['No token']);
  broken = false;
  await delivered(deliver, 1);
  await eventually(() => expect(lines).toEqual(['No token', 'Pull requests are watched again']));
});

test('a rate limit ends the round, and nobody asks before its time, nudged or not', async () => {
  const until = Date.now() + 400;
  let askedEarly = 0;
  let limited = true;
  const { home, watcher, deliver, rounds } = watching({
    fail: () => {
      if (limited) {
        limited = false;
        throw new RateLimited(new Date(until));
      }
      if (Date.now() < until - 5) askedEarly += 1;
    },
  });
  await registerWatch(home, session(1));
  watcher.start();
  await rounds(1);
  watcher.nudge();
  await delivered(deliver, 1);
  expect(askedEarly).toBe(0);
});

test('without a network one repository is asked for, not all', async () => {
  const { home, watcher, readPolls, rounds } = watching({
    fail: () => {
      throw new Unreachable('https://api.github.com', 'ENOTFOUND');
    },
  });
  const other = ACME.replace('app', 'zzz') as typeof ACME;
  await registerWatch(home, session(1));
  await registerWatch(home, { ...session(2), repository: other });
  watcher.start();
  await rounds(6);
  expect(new Set(readPolls.mock.calls.map(([repository]) => repository)).size).toBe(1);
});

test('a file that is no registration is named, and the others are watched', async () => {
  const { home, watcher, deliver, lines } = watching();
  await registerWatch(home, session(2));
  const broken = join(home.watch, 'acme', 'app', '1.json');
  writeFileSync(broken, '{"workflowId": ');
  mkdirSync(join(home.watch, 'stray'));
  watcher.start();
  await delivered(deliver, 1);
  expect(lines).toEqual([`${broken} can't be read; remove it`]);
});

test('stopping waits for the round under way', async () => {
  const { home, watcher, deliver, readFeedback } = watching();
  const { promise, resolve } = Promise.withResolvers<FeedbackItem[]>();
  readFeedback.mockReturnValue(promise);
  await registerWatch(home, session(1));
  watcher.start();
  await eventually(() => expect(readFeedback).toHaveBeenCalled());
  let hasStopped = false;
  const stopped = watcher.stop().then(() => (hasStopped = true));
  await nextTurnOfTheLoop();
  expect(hasStopped).toBe(false);
  resolve([]);
  await stopped;
  expect(deliver).toHaveBeenCalledTimes(1);
});

test('a merge by a person reaches the session, at one point a round', async () => {
  const fixture = await githubFixture();
  const { emulator } = fixture;
  const { issue, pullRequest } = await fixture.openPull();
  const { home, watcher, deliver } = watching({}, { github: connect(fixture), interval: 0.05 });
  await registerWatch(home, session(issue, pullRequest));
  watcher.start();
  await delivered(deliver, 1);
  // Between two rounds: what is being asked is not paid yet.
  const [spent, asked] = await eventually(() => {
    expect(emulator.requests.filter(({ status }) => status === undefined)).toEqual([]);
    return [emulator.rateLimit.used.graphql, emulator.requests.length];
  });
  await eventually(() => expect(emulator.requests.length).toBeGreaterThan(asked + 3));
  expect(deliver).toHaveBeenCalledTimes(1);
  await emulator.mergePullRequest(ACME, pullRequest);
  await delivered(deliver, 2);
  expect(deliver.mock.lastCall?.[1]).toMatchObject({
    ...{ pullRequest: { state: 'closed', merged: true }, issue: { state: 'closed' } },
  });
  await watcher.stop();
  expect(emulator.rateLimit.used.core).toBeLessThan(10);
  expect(emulator.rateLimit.used.graphql - spent).toBe(emulator.requests.length - asked);
});

test('a watcher is stopped at once while GitHub does not answer, and that is no trouble', async () => {
  const asked = Promise.withResolvers<void>();
  const server = createServer(() => asked.resolve());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const requests = new AbortController();
  const github = createGitHub({
    ...{ apiUrl: `http://127.0.0.1:${port}`, tokens: async () => 'token' },
    signal: requests.signal,
  });
  const abandon = () => requests.abort();
  const { home, watcher, lines } = watching({}, { github, abandon });
  await registerWatch(home, session(1));
  watcher.start();
  await asked.promise;
  const before = performance.now();
  await watcher.stop();
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(lines).toEqual([]);
});
