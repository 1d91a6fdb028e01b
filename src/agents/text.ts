import { stripVTControlCharacters } from 'node:util';

/** Text of an agent made safe for a terminal and a log: no escape sequences, control or direction-changing characters. */
export const clean = (text: string): string =>
  stripVTControlCharacters(text).replace(/[[\p{Cc}\p{Bidi_Control}]--[\t\n]]/gv, '');

/** One line of at most `length` characters. */
export function oneLine(text: string, length = 200): string {
  const line = clean(text).replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
