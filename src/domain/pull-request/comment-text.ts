import type { StuckContext } from '../session/turn.ts';
import type { FeedbackItem } from './feedback.ts';

/** What a reviewer reads when a point was dealt with. What stands apart from the point says which it is. */
export function replyText(
  said: string,
  commit: string | null,
  { thread, url }: Pick<FeedbackItem, 'thread' | 'url'>,
): string {
  const about = thread === null ? [`To ${url}:`] : [];
  return [...about, said, ...(commit === null ? [] : [`In ${commit}.`])].join('\n\n');
}

/** A question as it stands on the issue; with `settled` why it needs no answer any more. */
export type AskedOnIssue = StuckContext & { readonly settled?: string };

/** A stuck session's question on its issue. */
export function questionText({ decision, options, context, settled }: AskedOnIssue): string {
  if (settled !== undefined) return `~~${decision}~~\n\nThis has settled itself: ${settled}.`;
  const parts = [`**Decision needed:** ${decision}`];
  if (options.length > 0)
    parts.push(`**Options considered:**\n\n${options.map((one) => `- ${one}`).join('\n')}`);
  if (context !== '') parts.push(`**Context:** ${context}`);
  parts.push('Answer with a comment that begins with `/coppice guide`.');
  return parts.join('\n\n');
}
