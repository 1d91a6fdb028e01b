import { z } from 'zod';
import { type FeedbackItem, isListed } from './feedback.ts';

/** Somebody else who is repairing the pull request. It is never guessed from people's sentences. */
export const OtherFixer = z.object({
  author: z.string(),
  /** Whether it is a program, which announced its repair itself. */
  bot: z.boolean().optional(),
  /** The URL of their comment; empty when they were assigned. */
  url: z.string(),
  /** Who else is assigned, the latest first. */
  others: z.array(z.string()).optional(),
  /** Since when they repair it, by the session's clock, ISO 8601. */
  at: z.string(),
  /** The head at that time. Another head that Coppice did not push is their repair. */
  headSha: z.string().nullable(),
});
export type OtherFixer = z.infer<typeof OtherFixer>;

/** Bots that push repairs to pull requests, such as GitHub's Agent Merge. The names are without `[bot]`. */
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

/** How such a bot marks that it has begun. */
const BOT_FIXING =
  /(?:^[^\p{L}\n]*|\b(?:i'm|i am|is|are|am|now|currently|already) )(?:working on|fixing|repairing|resolving|debugging|investigating|looking (?:at|into)|(?:generating|preparing|creating|verifying|applying|pushing) (?:a|the|its) (?:fix|repair|patch))\b|\b(?:started|begun|starting) (?:to )?(?:work|fix|repair)|^[^\p{L}\n]*(?:i'm )?on it\b/imu;

/** Words with which such a bot says that it is done. */
const BOT_OVER =
  /\b(?:fixed|pushed|applied|committed|finished|unable|could not|couldn't|no changes|nothing to)\b/i;

/** Whether a comment of such a bot says that it begins or ends a repair; undefined for other comments. */
export function repairAnnouncement(
  item: FeedbackItem,
  fixers: readonly string[],
): 'fixing' | 'over' | undefined {
  if (!item.bot || item.onIssue || !isListed(item, fixers)) return undefined;
  // In a review it speaks as a reviewer: Copilot's comments on lines have the name of its coding agent.
  if (item.thread !== null || item.id.startsWith('review:')) return undefined;
  // Such bots also report on checks. Only their own mark counts.
  const text = item.text.replaceAll('’', "'");
  if (BOT_OVER.test(text)) return 'over';
  return BOT_FIXING.test(text) ? 'fixing' : undefined;
}

/** GitHub allows so many assignees. */
const MOST_ASSIGNEES = 10;

/** Who repairs it once a person has assigned somebody. Whoever took it by a command keeps it by that. */
export function afterAssignment(fixer: OtherFixer | null, assigned: OtherFixer): OtherFixer {
  if (fixer?.author === assigned.author && fixer.url !== '') return fixer;
  if (fixer?.url !== '') return assigned;
  const others = [fixer.author, ...(fixer.others ?? [])].filter((one) => one !== assigned.author);
  return { ...assigned, others: others.slice(0, MOST_ASSIGNEES) };
}

/** Who repairs it once an assignment was taken back: another assignee, or nobody. A command is not taken back by that. */
export function afterUnassignment(fixer: OtherFixer | null, login: string): OtherFixer | null {
  if (fixer?.url !== '') return fixer;
  const [author, ...others] = [fixer.author, ...(fixer.others ?? [])].filter(
    (one) => one !== login,
  );
  return author === undefined ? null : { ...fixer, author, others };
}

/** Whether a person has it, who keeps it for their time, whatever a program announces. @param limit in seconds */
export const isPersons = (
  fixer: OtherFixer | null,
  headSha: string | null,
  time: { readonly now: number; readonly limit: number },
): boolean => fixer?.bot === false && yieldFor(fixer, headSha ?? '', time) !== undefined;

/** A wait for somebody else who repairs the pull request. */
export interface Yielding {
  readonly activity: string;
  /** When Coppice continues, in milliseconds since 1970. */
  readonly until: number;
}

/** Whether who spoke is still at it: not for ever, and not once there is another head. @param limit in seconds */
export function yieldFor(
  fixer: OtherFixer | null,
  headSha: string,
  { now, limit }: { readonly now: number; readonly limit: number },
): Yielding | undefined {
  if (!fixer || (fixer.headSha !== null && fixer.headSha !== headSha)) return undefined;
  const until = Date.parse(fixer.at) + limit * 1_000;
  if (until <= now) return undefined;
  const where = fixer.url === '' ? '' : ` (${fixer.url})`;
  return { activity: `waits: @${fixer.author} is repairing it${where}`, until };
}
