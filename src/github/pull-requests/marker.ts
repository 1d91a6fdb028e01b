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

const REPLY = /^<!-- coppice: reply to ([^\s@]+)(?:@(\S+))? -->\s*$/gm;

/** Stands in a marker for the time of the last edit, if the comment was not edited. */
const UNEDITED = 'unedited';

/** The marker of a reply to a comment. After an edit the comment is another point, with a reply of its own. */
export const replyMarker = ({ id, edited }: Pick<FeedbackItem, 'id' | 'edited'>): string =>
  `reply to ${id}@${edited ?? UNEDITED}`;

/** Marks a reply after which Coppice resolved the review thread. */
export const RESOLVES = 'resolves this thread';

/** When and in which version a comment was answered. */
export interface Answer {
  /** ISO 8601. */
  readonly at: string;
  /** When the answered text was edited, ISO 8601; null if it never was. Former versions of Coppice did not note it. */
  readonly edited: string | null | undefined;
}

/**
 * The last answer to each comment, by the comment's id. Only replies of this token count, because anyone may
 * copy a marker.
 */
export const repliedIn = (
  said: readonly {
    readonly body: string;
    readonly viewerDidAuthor: boolean;
    readonly createdAt: string;
  }[],
): ReadonlyMap<string, Answer> =>
  new Map(
    said
      .filter(({ viewerDidAuthor }) => viewerDidAuthor)
      .flatMap(({ body, createdAt }) =>
        [...body.matchAll(REPLY)].map(([, id = '', version]) => {
          const edited = version === UNEDITED ? null : version;
          return [id, { at: createdAt, edited }] as const;
        }),
      ),
  );

/** Length of a text in characters. GitHub's limit is 65,536, and the marker must fit in too. */
const MAX_TEXT = 60_000;

/** A text with its hidden markers, shortened to GitHub's limit. */
export function withMarker(text: string, ...markers: readonly string[]): string {
  const hidden = markers.map(hiddenMarker).join('\n');
  return `${text.slice(0, MAX_TEXT - hidden.length).toWellFormed()}\n\n${hidden}\n`;
}

export const hasMarker = (text: string, marker: string): boolean =>
  text.split(/\r?\n/).includes(hiddenMarker(marker));
