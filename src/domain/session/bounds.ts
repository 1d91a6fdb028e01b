/**
 * What a session keeps in its state is carried from one execution to the next in one payload, of at most 2 MB, and much of
 * it is told at each change: everything in it has a bound. The whole of what is cut stands elsewhere: what an agent was
 * told in its turn's prompt on disk, what was said on GitHub behind its link.
 */
export const MOST = {
  /** Of these lists the latest are kept. */
  turns: 50,
  guidance: 30,
  updates: 100,
  news: 100,
  /** Characters of one entry of a list. */
  excerpt: 500,
  /** Characters of an option's label, and of its consequence, on the board. */
  option: 200,
  /** Characters of what the latest turn came to. */
  summary: 2_000,
  /** Characters of what is shown as being on its way to the agent. */
  forwarded: 2_000,
  /** Characters of what an agent is told of a problem. */
  problem: 20_000,
  /** Characters of what a person should know before a merge. */
  caution: 1_000,
  /** Tools that an agent was refused in a turn. */
  denials: 50,
} as const;

/** The beginning of a text, with an ellipsis for what is left out. */
export const shorten = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;

/** Keeps the latest of a list. */
export const keepLatest = <T>(list: T[], count: number): T[] =>
  list.splice(0, Math.max(0, list.length - count));

/** How long a text is in UTF-8, as a payload has it. */
export function bytesOf(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Each half of a surrogate pair makes two of its four bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
