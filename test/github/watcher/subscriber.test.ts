import { expect, test } from 'vitest';
import { summariseChecks } from '../../../src/domain/pull-request/checks.ts';
import type { FeedbackItem } from '../../../src/domain/pull-request/feedback.ts';
import type { PullRequestPoll } from '../../../src/github/port.ts';
import { Subscriber } from '../../../src/github/watcher/subscriber.ts';
import { aCheck } from '../../support/checks.ts';
import { PLACELESS } from '../../support/feedback.ts';
import { ACME } from '../../support/github-fixture.ts';

const WATCH = { workflowId: 'w', repository: ACME, issue: 7, pullRequest: 7, registeredAt: '' };

const poll = (...running: string[]): PullRequestPoll => ({
  ...{ issue: null, fingerprint: '' },
  pullRequest: {
    ...{ number: 7, url: 'u', state: 'open', merged: false, draft: true, headSha: 'a' },
    ...{ base: 'main', mergeable: 'yes' },
    checks: summariseChecks(running.map((name) => aCheck(name, 'pending'))),
  },
});

test('a session is told every few minutes which of many checks are running, and only when others are', () => {
  let now = 0;
  const subscriber = new Subscriber(WATCH, () => now);
  const messages = (minutes: number, found: PullRequestPoll) => {
    now = minutes * 60_000;
    const updates = subscriber.updates(found);
    for (const update of updates) subscriber.delivered(update);
    return updates.map(({ pullRequest }) => pullRequest?.checks.running[0]?.name);
  };
  const jobs = (stage: string) => poll(...Array.from({ length: 8 }, (_, n) => `${stage} ${n}`));
  expect(messages(0, jobs('build'))).toEqual(['build 0']);
  expect(messages(4, jobs('unit'))).toEqual([]);
  expect(messages(5, jobs('unit'))).toEqual(['unit 0']);
  expect(messages(60, jobs('unit'))).toEqual([]);
  expect(messages(61, jobs('e2e'))).toEqual(['e2e 0']);
  expect(messages(62, jobs('deploy'))).toEqual([]);
  // Of a few, each one that ends is told at once.
  expect(messages(62, poll('deploy 0', 'deploy 1'))).toEqual(['deploy 0']);
  expect(messages(62, poll('deploy 1'))).toEqual(['deploy 1']);
});

const said = (text: string, minute: number): FeedbackItem => ({
  ...{ id: 'comment:1', node: 'n', kind: 'comment', onIssue: false, author: 'ann', bot: false },
  ...{ mayWrite: true, text, url: '', at: '2026-01-08T11:00:00Z', ...PLACELESS },
  edited: minute === 0 ? null : `2026-01-08T11:${minute}:00Z`,
});

/** The texts that are sent to a session after each reading of a comment. */
function sent(...read: readonly FeedbackItem[]): string[][] {
  const subscriber = new Subscriber(WATCH);
  return read.map((item, index) => {
    const found = { issue: null, pullRequest: null, fingerprint: `${index}` };
    subscriber.read(found, [item]);
    const updates = subscriber.updates(found);
    for (const update of updates) subscriber.delivered(update);
    return updates.flatMap(({ feedback }) => feedback.map(({ text }) => text));
  });
}

test('a text that is restored by an edit is sent again', () => {
  const a = said('Use a', 10);
  expect(sent(said('x', 0), a, a, said('Use b', 20), said('Use a', 30))).toEqual([
    ...[['x'], ['Use a'], [], ['Use b']],
    ['Use a'],
  ]);
});

test('an older version that GitHub shows once more is not sent', () => {
  expect(sent(said('Use a', 10), said('Use b', 20), said('Use a', 10), said('x', 0))).toEqual([
    ...[['Use a'], ['Use b'], [], []],
  ]);
});
