import { type FeedbackItem, MAX_HUNK } from '../../domain/pull-request/feedback.ts';
import {
  type Answer,
  hasCoppiceMarker,
  hasMarker,
  RESOLVES,
  repliedIn,
} from '../pull-requests/marker.ts';
import type { Comment, Reply, Thread } from './discussion.ts';

/** What is said in a review thread, and whose it is to resolve. */

type About =
  | 'id'
  | 'kind'
  | 'onIssue'
  | 'path'
  | 'line'
  | 'startLine'
  | 'outdated'
  | 'hunk'
  | 'thread';

export interface Found extends Pick<FeedbackItem, About> {
  readonly said: Comment;
}

/** What was said in a thread. A pending comment is left out, because only its author can see it. */
const saidIn = ({ comments }: Thread): Reply[] =>
  (comments.nodes ?? []).filter((one) => one !== null).filter(({ state }) => state !== 'PENDING');

const isBot = ({ author }: Comment): boolean => author?.__typename === 'Bot';

/** Whether Coppice resolved the thread after this reply. */
const isResolving = ({ viewerDidAuthor, body }: Comment): boolean =>
  viewerDidAuthor && hasMarker(body, RESOLVES);

/**
 * Whether its comments must be read: it is not resolved, or nobody but this account resolved it. What people
 * say after Coppice has resolved a thread must be heard.
 */
export const mayBeOpen = ({ isResolved, resolvedBy }: Thread): boolean =>
  !isResolved || resolvedBy?.isViewer !== false;

/** Whether only bots, and Coppice, have spoken in a thread. Otherwise it is a person's to resolve. */
export const isAmongBots = (thread: Thread): boolean =>
  saidIn(thread).every((one) => isBot(one) || (one.viewerDidAuthor && hasCoppiceMarker(one.body)));

/**
 * The comments of others in a thread since Coppice replied there. Of a thread that Coppice resolved, only
 * people's.
 */
export function fromThread(whole: Thread): Found[] {
  const { id: thread, path, isResolved, comments: _, ...place } = whole;
  const found = saidIn(whole);
  if (isResolved && !found.some(isResolving)) return [];
  const answered = repliedIn(found);
  const last = found.findLastIndex((one) => answered.has(replyId(one)));
  const before = settledBefore(found[last], answered);
  const open = found
    .filter((one, index) => index > last || !isSettled(one, answered.get(replyId(one)) ?? before))
    .filter((one) => !isResolved || !isBot(one));
  const { line, originalLine, startLine, originalStartLine, isOutdated: outdated } = place;
  return open.map((one) => ({
    ...{ said: one, id: replyId(one), kind: 'thread', onIssue: false, path, thread, outdated },
    line: line ?? originalLine,
    startLine: line === null ? originalStartLine : startLine,
    hunk: cutHunk(one.diffHunk),
  }));
}

/**
 * Until when comments are settled that stand before the last answered one, and have no answer of their own. A reply
 * names all comments that it answers; those of former versions of Coppice named only the last one.
 */
function settledBefore(
  last: Comment | undefined,
  answered: ReadonlyMap<string, Answer>,
): Answer | undefined {
  const answer = last && answered.get(replyId(last));
  if (!answer) return undefined;
  return { at: answer.edited === undefined ? answer.at : last.createdAt, edited: undefined };
}

/**
 * Whether a comment was answered as it is now. An edit that was made before the reply, while the agent worked, was
 * not answered.
 * @param answer undefined when it has none
 */
export function isSettled({ lastEditedAt }: Comment, answer: Answer | undefined): boolean {
  if (!answer) return false;
  if (answer.edited !== undefined) return lastEditedAt === answer.edited;
  return lastEditedAt === null || lastEditedAt <= answer.at;
}

const replyId = ({ fullDatabaseId }: Pick<Comment, 'fullDatabaseId'>): string =>
  `reply:${fullDatabaseId}`;

/** The end of a diff hunk, because the commented line is its last one. */
const cutHunk = (hunk: string): string => hunk.slice(-MAX_HUNK).toWellFormed();
