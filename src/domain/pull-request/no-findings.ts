import type { FeedbackItem } from './feedback.ts';

/** Sentences with which bots say that they found nothing in a change, as they wrote them in 2026. */
const NOTHING_FOUND =
  /\b(?:generated no (?:new )?comments|no actionable comments were generated|actionable comments posted: 0\b)/i;

/** Sentences with the same meaning that are about the whole change: they end there. What comes after them may be a finding. */
const NOTHING_TO_SAY =
  /\b(?:(?:didn't|did not) find any (?:major )?issues|no feedback to provide|reviewed your changes and they look great)\s*(?:[.!]|$)/im;

/** The name of a file with the number of a line. */
const LINE_OF_FILE = /[\w-]\.[a-z]\w*(?::|#L|,? lines? )\d/i;

/** Whether a text names a line of a file, as findings do. */
export const namesLine = (text: string): boolean => LINE_OF_FILE.test(text);

/** What may follow such a sentence when something was found nevertheless. */
const NEVERTHELESS =
  /^ {0,3}(?:\d+[.)]|[-*+]) |\b(?:but|however|though|although|except|bugs?|problems?|one issue|should|must)\b/im;
/** How many words may follow without a doubt, such as "Nice! Reviewed commit: abc1234". */
const MOST_WORDS_AFTER = 12;

/** A sentence that a longer review may contain about one part of the change. It counts only if there is no other sentence. */
const NOTHING_FOUND_AT_ALL =
  /^[^\p{L}]*(?:[\w ]{0,40}\breviewed your changes and )?(?:found no (?:new )?issues|no (?:new )?issues (?:were )?found)[^\p{L}]*$/iu;

/** Findings outside of the comments that the bot counts. */
const FOUND =
  /outside diff range|nitpick|duplicate comments|additional comments|low confidence|\bactionable comments posted: [1-9]|generated [1-9]\d* comments?|found [1-9]\d* (?:potential |new )?issues?|```suggestion/i;

/** Whether a bot's review or comment only says that it found nothing; `unclear` when it says much besides. */
export function findsNothing({ bot, kind, text }: FeedbackItem): boolean | 'unclear' {
  if (!bot || kind !== 'comment') return false;
  const said = text.replaceAll('’', "'").replace(/[*_]{2}/g, '');
  if (NOTHING_FOUND_AT_ALL.test(said)) return true;
  if (FOUND.test(said)) return false;
  return NOTHING_FOUND.test(said) || hasNothingToSay(said);
}

function hasNothingToSay(said: string): boolean | 'unclear' {
  const shown = said
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<details>[\s\S]*?<\/details>/gi, '')
    .trim();
  const sentence = NOTHING_TO_SAY.exec(shown);
  if (!sentence || namesLine(shown)) return false;
  const before = shown.slice(0, sentence.index);
  const after = shown.slice(sentence.index + sentence[0].length);
  if (NEVERTHELESS.test(before) || NEVERTHELESS.test(after)) return false;
  const besides = `${before} ${after}`.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  return besides.length <= MOST_WORDS_AFTER || 'unclear';
}
