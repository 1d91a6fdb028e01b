import type { FeedbackItem } from './feedback.ts';

/** Sentences with which bots say that they found nothing in a change, as they wrote them in 2026. */
const NOTHING_FOUND =
  /\b(?:generated no (?:new )?comments|no actionable comments were generated|actionable comments posted: 0\b|(?:didn't|did not) find any (?:major )?issues|(?:i have )?no feedback to provide|they look great!?\s*$)/i;

/** A sentence that a longer review may contain about one part of the change. It counts only if there is no other sentence. */
const NOTHING_FOUND_AT_ALL =
  /^[^\p{L}]*(?:[\w ]{0,40}\breviewed your changes and )?(?:found no (?:new )?issues|no (?:new )?issues (?:were )?found)[^\p{L}]*$/iu;

/** Findings outside of the comments that the bot counts. */
const FOUND =
  /outside diff range|nitpick|duplicate comments|additional comments|low confidence|\bactionable comments posted: [1-9]|generated [1-9]\d* comments?|found [1-9]\d* (?:potential |new )?issues?|```suggestion/i;

/** Whether a bot's review or comment only says that it found nothing. */
export function hasNoFindings({ bot, kind, text }: FeedbackItem): boolean {
  if (!bot || kind !== 'comment') return false;
  const said = text.replaceAll('’', "'").replace(/[*_]{2}/g, '');
  return (NOTHING_FOUND.test(said) && !FOUND.test(said)) || NOTHING_FOUND_AT_ALL.test(said);
}
