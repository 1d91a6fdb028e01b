import stripAnsi from 'strip-ansi';

/**
 * Characters that nobody sees and that hide or reorder text: Unicode's default-ignorable ones (zero width, bidirectional, tags, soft
 * hyphens, variation selectors, fillers). Joiners stay between letters of scripts that need them and between the parts of an
 * emoji, and so does the selector that makes a character an emoji.
 */
const HIDDEN =
  /(?!\u200c|\u200d|\ufe0f)\p{Default_Ignorable_Code_Point}|(?:\u200c|\u200d)(?!(?!\p{Script=Latin})[\p{L}\p{M}]|\p{Extended_Pictographic})|(?<!\p{L}|\p{M}|\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)(?:\u200c|\u200d)|(?<!\p{Emoji})\ufe0f/gu;

/** Control characters, and what separates lines. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu;
const CONTROL_BUT_LINES = /(?![\n\t])\p{Cc}/gu;

/** Far more than is ever shown, and little enough to be quick about. */
const ENOUGH = 4;

/**
 * Somebody else's text as one line that is safe to show: no terminal sequences, no control characters, at most `width`
 * characters, the last an ellipsis when some are left out.
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

/** As `oneLine`, for text whose lines are kept: a plan, a question's context. */
export const plainLines = (text: string): string => visibleCharacters(text).trimEnd();

/** The text with its lines, without terminal sequences and all that a reader can't see. */
export const visibleCharacters = (text: string): string =>
  stripAnsi(text.replaceAll('\r\n', '\n')).replace(HIDDEN, '').replace(CONTROL_BUT_LINES, '');
