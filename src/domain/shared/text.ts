import stripAnsi from 'strip-ansi';

/**
 * Invisible characters that hide or reorder text: Unicode's default-ignorable ones (zero width, bidirectional, tags, soft
 * hyphens, variation selectors, fillers). Joiners stay between letters of scripts that need them and between the parts of an
 * emoji, and so does the selector that makes a character an emoji.
 */
const HIDDEN =
  /(?!\u200c|\u200d|\ufe0f)\p{Default_Ignorable_Code_Point}|(?:\u200c|\u200d)(?!(?!\p{Script=Latin})[\p{L}\p{M}]|\p{Extended_Pictographic})|(?<!\p{L}|\p{M}|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)(?:\u200c|\u200d)|(?<!\p{Emoji})\ufe0f/gu;

/** Control characters and line separators. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
const CONTROL_BUT_LINES = /(?![\n\t])\p{Cc}/gu;

/** How many times the shown length is read at most, so that long texts are quick. */
const ENOUGH = 4;

/**
 * Makes other people's text safe to show in one line: without terminal sequences and control characters, and with at most
 * `width` characters. A shortened text ends with an ellipsis.
 */
export function oneLine(text: string, width = 200): string {
  const visible = stripAnsi(text.slice(0, width * ENOUGH + 1_000))
    .replace(HIDDEN, '')
    .replace(CONTROL, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(visible);
  return characters.length <= width ? visible : `${characters.slice(0, width - 1).join('')}…`;
}

/** Does the same for text that keeps its lines, such as a plan or a question's context. */
export const plainLines = (text: string): string => visibleCharacters(text).trimEnd();

/** The text without terminal sequences and invisible characters; its lines are kept. */
export const visibleCharacters = (text: string): string =>
  stripAnsi(text.replaceAll('\r\n', '\n')).replace(HIDDEN, '').replace(CONTROL_BUT_LINES, '');
