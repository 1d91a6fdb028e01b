import { expect, test } from 'vitest';
import { type FeedbackItem, MAX_FEEDBACK_TEXT } from '../../../src/domain/pull-request/feedback.ts';
import {
  type FeedbackContext,
  ingestFeedback,
  newFeedbackState,
  takeFeedback,
} from '../../../src/domain/pull-request/feedback-state.ts';
import { feedbackWords, fitsInTurn } from '../../../src/domain/pull-request/feedback-words.ts';

const HEARING: FeedbackContext = {
  ...{ bots: ['coderabbitai'], fixers: ['copilot'], headSha: 'a', botTurns: 3 },
  ...{ since: '2026-01-08T10:00:00Z', now: '2026-01-08T12:00:00Z' },
};

const item = (id: string, more: Partial<FeedbackItem> = {}): FeedbackItem => ({
  ...{ id, node: id, kind: 'comment', onIssue: false, author: 'ann', bot: false, mayWrite: true },
  ...{ text: 'x', url: 'u', at: '2026-01-08T11:00:00Z', path: null, line: null, thread: null },
  ...more,
});

const pendingAfter = (...items: FeedbackItem[]): string[] => {
  const state = newFeedbackState();
  ingestFeedback(state, items, HEARING);
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
  expect(ingestFeedback(state, [order], HEARING)).toEqual([]);
  expect(state.pending).toEqual([]);
  expect(state.remarks).toMatchObject([{ author: 'coderabbitai' }]);
});

test('what was commanded before the session began was meant for another', () => {
  const old = item('a', { text: '/coppice cancel', at: '2026-01-08T09:00:00Z' });
  expect(ingestFeedback(newFeedbackState(), [old], HEARING)).toEqual([]);
  const now = item('b', { text: '/coppice cancel' });
  expect(ingestFeedback(newFeedbackState(), [now], HEARING)).toHaveLength(1);
});

test('a round is counted once for each thread in a turn, whatever the number of comments', () => {
  const state = newFeedbackState();
  const thread = { kind: 'thread', thread: 'T' } as const;
  ingestFeedback(state, [item('a', thread), item('b', thread), item('c')], HEARING);
  takeFeedback(state);
  expect(state.rounds).toEqual({ T: 1, c: 1 });
});

test('of somebody else who repairs the session is told, not its agent; at most as late as now', () => {
  const state = newFeedbackState();
  ingestFeedback(
    state,
    [item('a', { text: 'I’m fixing this.', at: '2026-01-08T13:00:00Z' })],
    HEARING,
  );
  expect(state).toMatchObject({ pending: [], remarks: [{ text: 'I’m fixing this.' }] });
  expect(state.fixer).toEqual({ author: 'ann', url: 'u', at: HEARING.now, headSha: 'a' });
  ingestFeedback(
    state,
    [item('b', { text: 'Rename it, too.\n\nI am working on the tests' })],
    HEARING,
  );
  expect(state.pending.map(({ id }) => id)).toEqual(['b']);
  expect(state.fixer?.at).toBe('2026-01-08T11:00:00Z');
  ingestFeedback(state, [item('c', { text: 'Go on', author: 'bob' })], HEARING);
  expect(state.fixer).toBe(null);
  // Where nobody repairs, that is a word for the agent.
  ingestFeedback(state, [item('d', { text: 'Go on' })], HEARING);
  expect(state.pending.map(({ id }) => id)).toEqual(['b', 'd']);
});

test('a bot ends only what it began', () => {
  const state = newFeedbackState();
  const bot = { bot: true, mayWrite: false, author: 'Copilot' };
  ingestFeedback(state, [item('a', { text: 'I am fixing it' })], HEARING);
  ingestFeedback(state, [item('b', { ...bot, text: 'Fixed in 1234567' })], HEARING);
  expect(state.fixer?.author).toBe('ann');
  ingestFeedback(state, [item('c', { ...bot, text: 'Looking at the failures' })], HEARING);
  expect(state.fixer?.author).toBe('Copilot');
  ingestFeedback(state, [item('d', { ...bot, text: 'Fixed in 1234567' })], HEARING);
  expect(state.fixer).toBe(null);
  expect(state.pending).toEqual([]);
});

test('what one bot says makes so many turns and no more, until a person speaks', () => {
  const state = newFeedbackState();
  const finding = (id: string) =>
    item(id, { kind: 'thread', thread: id, bot: true, mayWrite: false, author: 'coderabbitai' });
  const said = (one: FeedbackItem) => {
    ingestFeedback(state, [one], HEARING);
    return takeFeedback(state).map(({ id }) => id);
  };
  expect(['a', 'b', 'c', 'd', 'e'].map((id) => said(finding(id)))).toEqual([
    ...[['a'], ['b'], ['c']],
    ...[[], []],
  ]);
  expect(state.remarks).toHaveLength(2);
  expect(said(item('f'))).toEqual(['f']);
  expect(said(finding('g'))).toEqual(['g']);
});

test('of very much that is said at once the state stays bounded, and nothing is told twice', () => {
  const state = newFeedbackState();
  const full: string[] = [];
  const hearing = { ...HEARING, onFull: (one: FeedbackItem) => full.push(one.id) };
  const text = '長'.repeat(MAX_FEEDBACK_TEXT);
  const all = Array.from({ length: 300 }, (_, index) => item(`comment:${index}`, { text }));
  ingestFeedback(state, all, hearing);
  expect([state.pending.length, full.length]).toEqual([200, 100]);
  expect(JSON.stringify(state).length).toBeLessThan(500_000);
  const taken: string[] = [];
  while (state.pending.length > 0) {
    const items = takeFeedback(state, fitsInTurn);
    expect(feedbackWords([], items)).not.toContain('[Cut here');
    taken.push(...items.map(({ id }) => id));
    // What found no room is told again by the watcher, as is all the rest.
    ingestFeedback(state, all, hearing);
  }
  expect(taken).toEqual(all.map(({ id }) => id));
  expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(1_000_000);

  for (let index = 0; index < 10_000; index++)
    ingestFeedback(state, [item('x'.repeat(100) + index, { mayWrite: false })], HEARING);
  expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThan(1_000_000);
});
