/** Terminal sequences (CSI, OSC, two-byte escapes), so that what follows ESC goes with it. */
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

/** Control and line separators, and the marks that reorder or hide text (bidirectional, zero width, tags). */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const UNSEEN_BUT_LINES =
  /(?![\n\t])[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Far more than is ever shown, and little enough to be quick about. */
const ENOUGH = 4;

/**
 * Somebody else's text as one line that is safe to show: no terminal sequences, no control characters, at most `width`
 * characters, the last an ellipsis when some are left out.
 */
export function oneLine(text: string, width = 200): string {
  const visible = text
    .slice(0, width * ENOUGH + 1_000)
    .replace(ESCAPES, '')
    .replace(UNSEEN, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(visible);
  return characters.length <= width ? visible : `${characters.slice(0, width - 1).join('')}…`;
}

/** As `oneLine`, for text whose lines are kept: a plan, a question's context. */
export const plainLines = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(ESCAPES, '').replace(UNSEEN_BUT_LINES, '').trimEnd();
