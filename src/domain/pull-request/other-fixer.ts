import { z } from 'zod';
import { proseOf } from '../shared/prose.ts';
import { type FeedbackItem, isListed } from './feedback.ts';

/** Somebody else who has said that they are repairing the pull request. */
export const OtherFixer = z.object({
  author: z.string(),
  /** Of what they said. */
  url: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** The head they said it of; another one that is not Coppice's own is their repair. */
  headSha: z.string().nullable(),
});
export type OtherFixer = z.infer<typeof OtherFixer>;

/** Bots that push repairs to pull requests, GitHub's Agent Merge among them; their names without `[bot]`. */
export const FIXING_BOTS = [
  'autofix-ci',
  'codegen-sh',
  'copilot',
  'copilot-swe-agent',
  'deepsource-autofix',
  'devin-ai-integration',
  'google-labs-jules',
  'nx-cloud',
  'pre-commit-ci',
  'restyled-io',
  'sweep-ai',
];

/** Whose words count: bots whose comments reach the agent, and bots that repair. */
export interface KnownBots {
  readonly bots: readonly string[];
  readonly fixers: readonly string[];
}

/**
 * What was said about who repairs.
 * - `fixing`: its author does, and Coppice stands back
 * - `over`: its author does not, or not any more
 */
export interface Announcement {
  readonly says: 'fixing' | 'over';
  /** Whether it says something else as well. */
  readonly more: boolean;
}

const ADVERBS =
  /(?:(?:already|also|currently|just|now|quickly|still|gonna|going to|about to|trying to) )*/;
const OBJECT =
  /(?:it|this|that|these|those|them|an? (?:\w+ )?fix|the (?:\w+ ){0,2}(?:fix|fixes|tests?|checks?|build|builds|ci|pipeline|failures?|conflicts?|lint|linter)|ci)\b/;
const VERB = new RegExp(
  `(?:fix(?:ing)?\\b|repair(?:ing)?\\b|(?:work(?:ing)? on|look(?:ing)? into|tak(?:e|ing)(?: care of)?|handl(?:e|ing)|resolv(?:e|ing)|push(?:ing)?|debug(?:ging)?) ${OBJECT.source}|on (?:it|this)$)`,
);
const FIXING = [
  new RegExp(
    `\\b(?:i'm|i am|im|i'll|i will|we're|we are|we'll|we will|let me) ${ADVERBS.source}${VERB.source}`,
  ),
  new RegExp(`^${ADVERBS.source}(?:fixing|repairing|working on|looking into) ${OBJECT.source}`),
  /^on it$/,
  /\b(?:a|the|my) fix (?:is )?(?:coming|incoming|under way|in progress|on its way|on the way)\b/,
  /^fix (?:coming|incoming|in progress|on its way|on the way)\b/,
  /\bleave (?:it|this) to me\b/,
  /\bi(?:'ve)? got this\b/,
];
/** Of a bot, which speaks of itself by its name. */
const BOT_FIXING = new RegExp(
  `\\b(?:is|has|are) ${ADVERBS.source}(?:started (?:to )?)?(?:fix(?:ing)?|repair(?:ing)?|work(?:ing)?(?: on)?|looking into) ${OBJECT.source}`,
);
const ASKING = /\?$|^(?:if|when|unless|once|after|as soon as|should|shall|could|can|who|why)\b/;
/** Not now, or not at all. */
const NEGATED =
  /\b(?:not|never|stopped|instead of|later|tomorrow|next week|afterwards|follow-?up|another|separate(?:ly)?)\b|n't (?:be )?(?:fix|repair|work|look|tak|handl)/;

/** What may stand before what is meant. */
const POLITE =
  /^(?:(?:@[\w/-]+|coppice|ok|okay|please|sorry|so|then|you (?:can|may)|feel free to),? )*/;
const OVER = [
  new RegExp(
    `${POLITE.source}(?:go on|go ahead|carry on|continue|never ?mind|your turn|over to you|all yours|it's yours|take over|take it from here)\\b`,
  ),
  /\b(?:i|we)(?:'m| am|'re| are|'ve| have)? (?:giving up|give up|gave up|given up)\b/,
  /\b(?:i|we)(?: can't| cannot| can not| couldn't| could not| won't| will not|'m not able to| am not able to) (?:fix|repair|get|look into|work on|do)\b/,
  /\b(?:i'm|i am|we're|we are) (?:not|no longer) (?:fixing|repairing|working on|looking into)\b/,
];
/** Of a bot that repairs. */
const BOT_OVER =
  /\b(?:fixed|pushed|applied|committed|finished|unable|could not|couldn't|no changes|nothing to)\b/;

/**
 * What a comment says about who repairs; undefined when it says nothing of it. Only people who may push and bots that are
 * listed are heard: a stranger can't hold a session up.
 */
export function announcementOf(item: FeedbackItem, known: KnownBots): Announcement | undefined {
  const isFixer = isListed(item, known.fixers);
  // What a reviewing bot says of a line is its finding.
  const mayTell = isListed(item, known.bots) && item.kind === 'comment';
  const isHeard = item.bot ? isFixer || mayTell : item.mayWrite;
  if (!isHeard || item.onIssue) return undefined;
  const sentences = sentencesOf(item.text);
  const said = sentences.map((sentence) => saidBy(sentence, item.bot, isFixer));
  const last = said.findLast((one) => one !== undefined);
  if (last !== undefined) return { says: last, more: said.some((one) => one === undefined) };
  // Whatever such a bot says, it says because it is at work.
  return isFixer ? { says: 'fixing', more: false } : undefined;
}

function saidBy(
  sentence: string,
  bot: boolean,
  isFixer: boolean,
): Announcement['says'] | undefined {
  if (OVER.some((pattern) => pattern.test(sentence)) || (isFixer && BOT_OVER.test(sentence)))
    return 'over';
  if (ASKING.test(sentence) || NEGATED.test(sentence)) return undefined;
  const patterns = bot ? [...FIXING, BOT_FIXING] : FIXING;
  return patterns.some((pattern) => pattern.test(sentence)) ? 'fixing' : undefined;
}

/** In lower case and without code and quotes; those with a letter in them. */
const sentencesOf = (text: string): string[] =>
  proseOf(text)
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/(?<=[.!?])\s+|\n+|[;:–—]\s+/)
    .map((sentence) =>
      sentence
        .replace(/[.!…\s]+$/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((sentence) => /\p{L}/u.test(sentence));

/** A pull request that is somebody else's to repair for now. */
export interface StandBack {
  readonly activity: string;
  /** Milliseconds since 1970; then Coppice goes on. */
  readonly until: number;
}

/** Whether who spoke is still at it: not for ever, and not once there is another head. @param limit in seconds */
export function standBackFor(
  fixer: OtherFixer | null,
  headSha: string,
  { now, limit }: { readonly now: number; readonly limit: number },
): StandBack | undefined {
  if (!fixer || (fixer.headSha !== null && fixer.headSha !== headSha)) return undefined;
  const until = Date.parse(fixer.at) + limit * 1_000;
  if (until <= now) return undefined;
  return { activity: `waits: @${fixer.author} is repairing it (${fixer.url})`, until };
}
