import { keepLatest } from '../session/bounds.ts';
import type { CommentCommand } from './comment-command.ts';
import { digestOf, type FeedbackItem, versionOf } from './feedback.ts';
import { digest } from './managed-section.ts';

/**
 * What a session remembers of comments, so that it takes each of them, and each command in them, once. An edit is compared
 * with what was seen last, so that a text that is restored is new again.
 */
interface Seen {
  /** The latest: `<id>@<digest>` for a comment, `<id>=<digest>` for what it says beside its command, `<id>/<digest>` for the command. */
  readonly seen: string[];
}

/** GitHub's ids are short. */
const MOST_SEEN = 5_000;

/** Notes a version of a comment as seen. */
export const noteSeen = (state: Seen, item: FeedbackItem): void => note(state, keyOf(item));

/** Notes what a comment says beside its command. */
export const noteRest = (state: Seen, { id }: FeedbackItem, rest: string): void =>
  note(state, `${id}=${digestOf(rest)}`);

/** Notes the command of a comment that was followed. */
export const noteFollowed = (state: Seen, { id }: FeedbackItem, command: CommentCommand): void =>
  note(state, `${id}/${digest(JSON.stringify(command))}`);

/** Whether a comment was seen in any version. Earlier versions of Coppice noted an unedited one by its id alone. */
export const wasSeenBefore = (state: Seen, { id }: FeedbackItem): boolean =>
  lastOf(state, id, '@') !== undefined || state.seen.includes(id);

/** Whether there is nothing new in a comment: what was never edited is the same, whatever is read of it. */
export function isSeen(state: Seen, item: FeedbackItem): boolean {
  if (item.edited === null && wasSeenBefore(state, item)) return true;
  const last = lastOf(state, item.id, '@');
  return last === undefined ? state.seen.includes(keyOf(item)) : last === keyOf(item);
}

/** Whether what a comment says beside its command is what it said last. */
export function isRestSeen(state: Seen, { id }: FeedbackItem, rest: string): boolean {
  const last = lastOf(state, id, '@=');
  return last !== undefined && last.slice(id.length + 1) === digestOf(rest);
}

/** Whether the command of a comment is the one that was followed last. */
export const wasFollowed = (state: Seen, { id }: FeedbackItem, command: CommentCommand): boolean =>
  lastOf(state, id, '/') === `${id}/${digest(JSON.stringify(command))}`;

function note({ seen }: Seen, key: string): void {
  seen.push(key);
  keepLatest(seen, MOST_SEEN);
}

/** The last key of a comment whose sign is one of `signs`. */
const lastOf = ({ seen }: Seen, id: string, signs: string): string | undefined =>
  seen.findLast((key) => key.startsWith(id) && signs.includes(key[id.length] ?? ' '));

const keyOf = (item: FeedbackItem): string => {
  const version = versionOf(item);
  return version.length <= 60 ? version : digest(version);
};
