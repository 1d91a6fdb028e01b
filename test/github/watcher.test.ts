import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurnOfTheLoop } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { NO_CHECKS } from '../../src/domain/checks.ts';
import { CoppiceError } from '../../src/domain/failure.ts';
import type { PullRequestSnapshot } from '../../src/domain/pull-request.ts';
import { createGitHub } from '../../src/github/client.ts';
import { RateLimited, Unreachable } from '../../src/github/errors.ts';
import type { GitHub } from '../../src/github/port.ts';
import { registerWatch, unregisterWatch } from '../../src/github/registrations.ts';
import { createWatcher, type WatcherOptions } from '../../src/github/watcher.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { ACME, githubFixture, TOKEN } from '../support/github-fixture.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const session = (issue: number) => ({
  ...{ workflowId: `coppice/acme/app/issues/${issue}`, repository: ACME, issue },
  pullRequest: issue,
});

const snapshot = (number: number, headSha = 'a1'): PullRequestSnapshot => ({
  ...{ number, url: `https://github.com/acme/app/pull/${number}`, state: 'open', merged: false },
  ...{ draft: false, headSha, base: 'main', mergeable: 'unknown', checks: NO_CHECKS },
});

type Read = GitHub['readPullRequest'];

/** A watcher over a fresh home, which goes round in a blink, with pull requests that are what `read` says. */
function watching(read: Read, options: Partial<WatcherOptions> = {}) {
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('watch') });
  const deliver = vi.fn<WatcherOptions['deliver']>(async () => 'delivered');
  const readPullRequest = vi.fn<Read>(read);
  const lines: string[] = [];
  const watcher = createWatcher({
    ...{ home, github: { readPullRequest }, interval: 0.01, deliver },
    log: (line) => lines.push(line),
    ...options,
  });
  onTestFinished(() => watcher.stop());
  const reads = (count: number) =>
    vi.waitFor(() => expect(readPullRequest.mock.calls.length).toBeGreaterThanOrEqual(count));
  return { home, watcher, deliver, lines, readPullRequest, reads };
}

const delivered = (deliver: ReturnType<typeof watching>['deliver'], count: number) =>
  vi.waitFor(() => expect(deliver.mock.calls.length).toBeGreaterThanOrEqual(count));

test('a session hears of its pull request once, and again when it changes', async () => {
  let headSha = 'a1';
  const { home, watcher, deliver, reads } = watching(async (_, n) => snapshot(n, headSha));
  await registerWatch(home, session(1));
  watcher.start();
  await reads(5);
  expect(deliver.mock.calls).toEqual([[session(1).workflowId, snapshot(1)]]);
  headSha = 'b2';
  await delivered(deliver, 2);
  await reads(15);
  expect(deliver).toHaveBeenCalledTimes(2);
  expect(deliver).toHaveBeenLastCalledWith(session(1).workflowId, snapshot(1, 'b2'));
});

test('a restarted watcher tells what it finds once more', async () => {
  const read: Read = async (_, n) => snapshot(n);
  const first = watching(read);
  await registerWatch(first.home, session(1));
  first.watcher.start();
  await delivered(first.deliver, 1);
  await first.watcher.stop();
  const second = watching(read, { home: first.home });
  second.watcher.start();
  await delivered(second.deliver, 1);
});

test('a registration made while it waits is read when nudged', async () => {
  const { home, watcher, deliver } = watching(async (_, n) => snapshot(n), { interval: 3_600 });
  watcher.start();
  await registerWatch(home, session(1));
  watcher.nudge();
  await delivered(deliver, 1);
  await registerWatch(home, session(2));
  watcher.nudge();
  await delivered(deliver, 2);
});

test('registering again means being told again', async () => {
  const { home, watcher, deliver, reads } = watching(async (_, n) => snapshot(n));
  await registerWatch(home, session(1));
  watcher.start();
  await delivered(deliver, 1);
  await reads(5);
  await registerWatch(home, session(1));
  await delivered(deliver, 2);
});

test('a session that is gone is not watched any more', async () => {
  const { home, watcher, deliver, reads } = watching(async (_, n) => snapshot(n));
  deliver.mockImplementation(async (id) => (id.endsWith('/1') ? 'gone' : 'delivered'));
  await registerWatch(home, session(1));
  await registerWatch(home, session(2));
  watcher.start();
  await reads(8);
  expect(deliver).toHaveBeenCalledTimes(2);
  expect(readdirSync(join(home.watch, 'acme', 'app'))).toEqual(['2.json']);
});

test('unregistering twice is like once', async () => {
  const { home, watcher, readPullRequest } = watching(async (_, n) => snapshot(n));
  await registerWatch(home, session(1));
  await unregisterWatch(home, session(1));
  await unregisterWatch(home, session(1));
  watcher.start();
  await watcher.stop();
  expect(readPullRequest).not.toHaveBeenCalled();
});

test('news that could not be delivered are delivered in the next round', async () => {
  const { home, watcher, deliver, lines } = watching(async (_, n) => snapshot(n));
  deliver.mockRejectedValueOnce(new Error('no server'));
  await registerWatch(home, session(1));
  watcher.start();
  await delivered(deliver, 2);
  await vi.waitFor(() => expect(lines).toEqual(['no server', 'Pull requests are watched again']));
});

test('one that fails does not keep the others from being told', async () => {
  const { home, watcher, deliver } = watching(async (_, n) => {
    if (n === 1) throw new Error('broken');
    return snapshot(n);
  });
  for (const issue of [1, 2, 3]) await registerWatch(home, session(issue));
  watcher.start();
  await delivered(deliver, 2);
  expect(deliver.mock.calls.map(([, { number }]) => number)).toEqual([2, 3]);
});

test('a trouble is told when it begins and when it is over, not in every round', async () => {
  let broken = true;
  const trouble = new CoppiceError('Unauthorized', 'No token');
  const { home, watcher, deliver, lines, reads } = watching(async (_, n) => {
    if (broken) throw trouble;
    return snapshot(n);
  });
  for (const issue of [1, 2, 3]) await registerWatch(home, session(issue));
  watcher.start();
  await reads(12);
  expect(lines).toEqual(['No token']);
  broken = false;
  await delivered(deliver, 3);
  await vi.waitFor(() => expect(lines).toEqual(['No token', 'Pull requests are watched again']));
});

test('a rate limit ends the round, and nobody asks before its time, nudged or not', async () => {
  const until = Date.now() + 400;
  let askedEarly = 0;
  let limited = true;
  const { home, watcher, deliver, readPullRequest } = watching(async (_, n) => {
    if (limited) {
      limited = false;
      throw new RateLimited(new Date(until));
    }
    if (Date.now() < until - 5) askedEarly += 1;
    return snapshot(n);
  });
  await registerWatch(home, session(1));
  await registerWatch(home, session(2));
  watcher.start();
  await vi.waitFor(() => expect(readPullRequest).toHaveBeenCalledTimes(1));
  watcher.nudge();
  await delivered(deliver, 2);
  expect(askedEarly).toBe(0);
});

test('without a network one pull request is asked for, not all', async () => {
  const { home, watcher, readPullRequest, reads } = watching(async () => {
    throw new Unreachable('https://api.github.com', 'ENOTFOUND');
  });
  await registerWatch(home, session(1));
  await registerWatch(home, session(2));
  watcher.start();
  await reads(6);
  expect(new Set(readPullRequest.mock.calls.map(([, number]) => number)).size).toBe(1);
});

test('a file that is no registration is named, and the others are watched', async () => {
  const { home, watcher, deliver, lines } = watching(async (_, n) => snapshot(n));
  await registerWatch(home, session(2));
  const broken = join(home.watch, 'acme', 'app', '1.json');
  writeFileSync(broken, '{"workflowId": ');
  mkdirSync(join(home.watch, 'stray'));
  watcher.start();
  await delivered(deliver, 1);
  expect(lines).toEqual([`${broken} can't be read; remove it`]);
});

test('stopping waits for the round under way', async () => {
  let answer: (snapshot: PullRequestSnapshot) => void = () => undefined;
  const { home, watcher, deliver, reads } = watching(
    () => new Promise((resolve) => (answer = resolve)),
  );
  await registerWatch(home, session(1));
  watcher.start();
  await reads(1);
  let hasStopped = false;
  const stopped = watcher.stop().then(() => (hasStopped = true));
  await nextTurnOfTheLoop();
  expect(hasStopped).toBe(false);
  answer(snapshot(1));
  await stopped;
  expect(deliver).toHaveBeenCalledTimes(1);
});

test('a merge by a person reaches the session, at no cost until then', async () => {
  const { emulator, pushBranch } = await githubFixture();
  await pushBranch('issue-1');
  const github = createGitHub({ apiUrl: emulator.apiUrl, tokens: async () => TOKEN });
  const pull = await github.ensurePullRequest(ACME, {
    ...{ head: 'issue-1', base: 'main', title: 'One', body: '', marker: 'one' },
  });
  const { home, watcher, deliver } = watching(github.readPullRequest, { interval: 0.05 });
  await registerWatch(home, { ...session(1), pullRequest: pull.number });
  watcher.start();
  await vi.waitFor(() => expect(emulator.requests.at(-1)?.status).toBe(304));
  expect(deliver.mock.calls).toEqual([[session(1).workflowId, pull]]);
  await emulator.mergePullRequest(ACME, pull.number);
  await delivered(deliver, 2);
  expect(deliver.mock.lastCall?.[1]).toMatchObject({ state: 'closed', merged: true });
});
