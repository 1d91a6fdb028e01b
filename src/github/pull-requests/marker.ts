import type { FeedbackItem } from '../../domain/pull-request/feedback.ts';

/**
 * The hidden line by which Coppice finds what it wrote. It consists of Coppice's own names, never of text of
 * others.
 */
export const hiddenMarker = (marker: string): string => `<!-- coppice: ${marker} -->`;

const ANY_MARKER = /^<!-- coppice:.*-->\s*$/m;

/**
 * Whether a text has a marker of Coppice, and so is ignored as feedback. Anyone who copies such a line only
 * makes Coppice ignore their comment.
 */
export const hasCoppiceMarker = (text: string): boolean => ANY_MARKER.test(text);

const REPLY = /^<!-- coppice: reply to ([^\s@]+)(?:@\S+)? -->\s*$/gm;

/** The marker of a reply to a comment. After an edit the comment is another point, with a reply of its own. */
export const replyMarker = ({ id, edited }: Pick<FeedbackItem, 'id' | 'edited'>): string =>
  `reply to ${edited === null ? id : `${id}@${edited}`}`;

/** Marks a reply after which Coppice resolved the review thread. */
export const RESOLVES = 'resolves this thread';

/**
 * When each comment was answered, by the comment's id. Only replies of this token count, because anyone may
 * copy a marker.
 */
export const repliedIn = (
  said: readonly {
    readonly body: string;
    readonly viewerDidAuthor: boolean;
    readonly createdAt: string;
  }[],
): ReadonlyMap<string, string> =>
  new Map(
    said
      .filter(({ viewerDidAuthor }) => viewerDidAuthor)
      .flatMap(({ body, createdAt }) =>
        [...body.matchAll(REPLY)].map(([, id = '']) => [id, createdAt] as const),
      ),
  );

/** Length of a text in characters. GitHub's limit is 65,536, and the marker must fit in too. */
const MAX_TEXT = 60_000;

/** A text with its hidden marker, shortened to GitHub's limit. */
export const withMarker = (text: string, marker: string): string =>
  `${text.slice(0, MAX_TEXT).toWellFormed()}\n\n${hiddenMarker(marker)}\n`;

export const hasMarker = (text: string, marker: string): boolean =>
  text.split(/\r?\n/).includes(hiddenMarker(marker));
