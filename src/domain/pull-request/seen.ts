import { keepLatest } from '../session/bounds.ts';
import type { CommentCommand } from './comment-command.ts';
import { type FeedbackItem, versionOf } from './feedback.ts';
import { digest } from './managed-section.ts';

/** What a session remembers of what it heard, so that it takes each word and each command once. */
interface Seen {
  /** The latest versions. */
  readonly seen: string[];
}

/** GitHub's versions are short. */
const MOST_SEEN = 5_000;

/** Notes a version of something said as heard. */
export function noteSeen({ seen }: Seen, item: FeedbackItem): void {
  seen.push(seenAs(item));
  keepLatest(seen, MOST_SEEN);
}

/** Whether exactly these words were heard. */
export const isVersionSeen = ({ seen }: Seen, item: FeedbackItem): boolean =>
  seen.includes(seenAs(item));

/** Whether it was heard in any version. */
export const wasSeenBefore = ({ seen }: Seen, { id }: Pick<FeedbackItem, 'id'>): boolean =>
  seen.some((version) => version === id || version.startsWith(`${id}@`));

/** Whether there is nothing new in it: what was never edited is the same, however it is told. */
export const isSeen = (state: Seen, item: FeedbackItem): boolean =>
  isVersionSeen(state, item) || (item.edited === null && wasSeenBefore(state, item));

/** What a comment commanded, in a form that `noteSeen` takes beside the comment itself. */
export const commandedIn = (item: FeedbackItem, command: CommentCommand): FeedbackItem => ({
  ...item,
  text: `/coppice ${JSON.stringify(command)}`,
});

const seenAs = (item: FeedbackItem): string => {
  const version = versionOf(item);
  return version.length <= 60 ? version : digest(version);
};
