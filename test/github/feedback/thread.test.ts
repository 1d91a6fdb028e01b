import { expect, test } from 'vitest';
import type { Reply, Thread } from '../../../src/github/feedback/discussion.ts';
import { fromThread, isSettled } from '../../../src/github/feedback/thread.ts';
import { repliedIn, replyMarker, withMarker } from '../../../src/github/pull-requests/marker.ts';

const at = (minute: number): string => `2026-01-08T10:${String(minute).padStart(2, '0')}:00Z`;

const said = (id: number, body: string, more: Partial<Reply> = {}): Reply => ({
  ...{ id: `N${id}`, fullDatabaseId: `${id}`, author: { __typename: 'User', login: 'ann' }, body },
  ...{ url: 'u', createdAt: at(id), lastEditedAt: null, isMinimized: false },
  ...{ viewerDidAuthor: false, state: 'COMMENTED', diffHunk: '', ...more },
});

/** Coppice's reply. */
const reply = (id: number, ...markers: string[]): Reply =>
  said(id, withMarker('Renamed.', ...markers), { viewerDidAuthor: true });

const thread = (...nodes: Reply[]): Thread => ({
  ...{ id: 'T', isResolved: false, resolvedBy: null, path: 'a.ts', line: 1, startLine: null },
  ...{ originalLine: 1, originalStartLine: null, isOutdated: false },
  comments: { pageInfo: { hasPreviousPage: false, startCursor: null }, nodes },
});

/** The ids of the comments in a thread that are open. Coppice's own reply is left out by who reads them. */
const open = (...nodes: Reply[]): string[] =>
  fromThread(thread(...nodes))
    .filter(({ said: { viewerDidAuthor } }) => !viewerDidAuthor)
    .map(({ id }) => id);

const ofReply = (id: number, edited: string | null = null) =>
  replyMarker({ id: `reply:${id}`, edited });

test('what is edited while the agent works is open after its reply, in a thread and outside of one', () => {
  const edited = said(1, 'Rename it to b', { lastEditedAt: at(10) });
  expect(open(edited, reply(20, ofReply(1)))).toEqual(['reply:1']);
  expect(open(edited, reply(20, ofReply(1)), reply(30, ofReply(1, at(10))))).toEqual([]);
  expect(open(said(1, 'Rename it'), reply(20, ofReply(1)))).toEqual([]);

  const comment = replyMarker({ id: 'comment:1', edited: null });
  expect(isSettled(edited, repliedIn([reply(20, comment)]).get('comment:1'))).toBe(false);
});

test('of points that one reply answers, each that was edited meanwhile is open', () => {
  const answer = reply(20, ofReply(1), ofReply(2, at(3)), ofReply(3));
  const second = said(2, 'And c', { lastEditedAt: at(3) });
  const third = said(3, 'And d');
  expect(open(said(1, 'Rename it'), second, third, answer)).toEqual([]);
  expect(open(said(1, 'Drop it', { lastEditedAt: at(10) }), second, third, answer)).toEqual([
    'reply:1',
  ]);
  // Thanks that became a point were not answered.
  const thanks = said(1, 'Thanks, but rename it', { lastEditedAt: at(10) });
  expect(open(thanks, said(2, 'And c'), reply(20, ofReply(2)))).toEqual(['reply:1']);
});

test('a reply of a former version answers all that was said and edited before it', () => {
  const former = reply(20, 'reply to reply:2');
  const first = (edited: string) => said(1, 'Rename it', { lastEditedAt: edited });
  expect(open(first(at(10)), said(2, 'And c', { lastEditedAt: at(11) }), former)).toEqual([]);
  expect(open(first(at(30)), said(2, 'And c'), former)).toEqual(['reply:1']);
});
