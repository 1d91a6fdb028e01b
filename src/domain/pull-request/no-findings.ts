import type { FeedbackItem } from './feedback.ts';

/** How bots say that they have read a change and have nothing to say about it; as they wrote it in 2026. */
const NOTHING_FOUND =
  /\b(?:generated no (?:new )?comments|no actionable comments were generated|actionable comments posted: 0\b|(?:didn't|did not) find any (?:major )?issues|(?:i have )?no feedback to provide|they look great!?\s*$)/i;

/** What anybody could write in a longer review too, of one part of the change: it counts as the only sentence. */
const NOTHING_FOUND_AT_ALL =
  /^[^\p{L}]*(?:[\w ]{0,40}\breviewed your changes and )?(?:found no (?:new )?issues|no (?:new )?issues (?:were )?found)[^\p{L}]*$/iu;

/** What they found nevertheless, outside of the comments that they count. */
const FOUND =
  /outside diff range|nitpick|duplicate comments|additional comments|low confidence|\bactionable comments posted: [1-9]|generated [1-9]\d* comments?|found [1-9]\d* (?:potential |new )?issues?|```suggestion/i;

/** Whether a bot's review or comment only says that it found nothing. */
export function hasNoFindings({ bot, kind, text }: FeedbackItem): boolean {
  if (!bot || kind !== 'comment') return false;
  const said = text.replaceAll('’', "'").replace(/[*_]{2}/g, '');
  return (NOTHING_FOUND.test(said) && !FOUND.test(said)) || NOTHING_FOUND_AT_ALL.test(said);
}
