/** The hidden line by which Coppice finds again what it wrote. It is made of Coppice's own names, never of others' text. */
export const hiddenMarker = (marker: string): string => `<!-- coppice: ${marker} -->`;

const ANY_MARKER = /^<!-- coppice:.*-->\s*$/m;

/** Whether Coppice wrote it. Whoever else puts such a line into a comment only keeps it from being heard. */
export const isOurs = (text: string): boolean => ANY_MARKER.test(text);

const REPLY = /^<!-- coppice: reply to (\S+) -->\s*$/gm;

/** Names what Coppice has answered to. */
export const replyMarker = (id: string): string => `reply to ${id}`;

/** When each of what was said was answered, by its id. Only answers of this token count, because anyone may copy a marker. */
export const answeredIn = (
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

/** GitHub takes 65,536 characters; the marker must fit in too. */
const MAX_TEXT = 60_000;

export const withMarker = (text: string, marker: string): string =>
  `${text.slice(0, MAX_TEXT).toWellFormed()}\n\n${hiddenMarker(marker)}\n`;

export const hasMarker = (text: string, marker: string): boolean =>
  text.split(/\r?\n/).includes(hiddenMarker(marker));
