import { expect, test } from 'vitest';
import type { FeedbackItem } from '../../src/domain/feedback.ts';
import { hear, newFeedbackState, takeFeedback } from '../../src/domain/feedback-state.ts';

const BOTS = ['coderabbitai'];
const BEGUN = '2026-01-08T10:00:00Z';

const item = (id: string, more: Partial<FeedbackItem> = {}): FeedbackItem => ({
  ...{ id, node: id, kind: 'comment', onIssue: false, author: 'ann', bot: false, mayWrite: true },
  ...{ text: 'x', url: 'u', at: '2026-01-08T11:00:00Z', path: null, line: null, thread: null },
  ...more,
});

const pendingAfter = (...items: FeedbackItem[]): string[] => {
  const state = newFeedbackState();
  hear(state, items, BOTS, BEGUN);
  return state.pending.map(({ id }) => id);
};

test('a review without words of its own only hands in its threads', () => {
  const review = item('review:1', { kind: 'review', text: '' });
  const thread = item('reply:2', { kind: 'thread', thread: 'T' });
  expect(pendingAfter(review, thread)).toEqual(['reply:2']);
  expect(pendingAfter(review)).toEqual(['review:1']);
  expect(pendingAfter(review, { ...thread, author: 'bob' })).toEqual(['review:1', 'reply:2']);
});

test('a bot’s name counts with and without its ending, in any case', () => {
  const bot = { bot: true, mayWrite: false };
  expect(pendingAfter(item('a', { ...bot, author: 'CodeRabbitAI[bot]' }))).toEqual(['a']);
  expect(pendingAfter(item('a', { ...bot, author: 'coderabbitai' }))).toEqual(['a']);
  expect(pendingAfter(item('a', { ...bot, author: 'other[bot]' }))).toEqual([]);
});

test('a bot that may push commands nothing', () => {
  const state = newFeedbackState();
  const order = item('a', { bot: true, author: 'coderabbitai', text: '/coppice cancel' });
  expect(hear(state, [order], BOTS, BEGUN)).toEqual([]);
  expect(state.pending).toEqual([]);
  expect(state.remarks).toMatchObject([{ author: 'coderabbitai' }]);
});

test('what was commanded before the session began was meant for another', () => {
  const old = item('a', { text: '/coppice cancel', at: '2026-01-08T09:00:00Z' });
  expect(hear(newFeedbackState(), [old], BOTS, BEGUN)).toEqual([]);
  const now = item('b', { text: '/coppice cancel' });
  expect(hear(newFeedbackState(), [now], BOTS, BEGUN)).toHaveLength(1);
});

test('a round is counted once for each thread in a turn, whatever the number of comments', () => {
  const state = newFeedbackState();
  const thread = { kind: 'thread', thread: 'T' } as const;
  hear(state, [item('a', thread), item('b', thread), item('c')], BOTS, BEGUN);
  takeFeedback(state);
  expect(state.rounds).toEqual({ T: 1, c: 1 });
});
