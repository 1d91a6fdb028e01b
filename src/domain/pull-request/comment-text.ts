import { optionLine, type QuestionOption } from '../session/options.ts';
import type { Question } from '../session/turn.ts';
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
export type AskedOnIssue = Question & { readonly settled?: string };

/** A stuck session's question on its issue. */
export function questionText({
  decision,
  options,
  context,
  asksFor,
  settled,
}: AskedOnIssue): string {
  if (settled !== undefined) return `~~${decision}~~\n\nThis has settled itself: ${settled}.`;
  const parts = [`**Decision needed:** ${decision}`];
  if (options.length > 0)
    parts.push(`**Options considered:**\n\n${options.map(optionOnIssue).join('\n')}`);
  if (context !== '') parts.push(`**Context:** ${context}`);
  parts.push(asksFor === 'budget' ? HOW_TO_RAISE : HOW_TO_ANSWER);
  return parts.join('\n\n');
}

const HOW_TO_ANSWER =
  'Answer with a comment that is one of these commands, or that begins with `/coppice guide` and says what to do.';
const HOW_TO_RAISE = 'A budget is raised on the command line: `coppice guide --budget +5`.';

/** A line of a numbered list, with the comment that chooses it. */
function optionOnIssue(option: QuestionOption, index: number): string {
  const command = optionComment(option, index + 1);
  const line = optionLine(option, index + 1);
  return command === undefined ? line : `${line} — \`${command}\``;
}

function optionComment({ effect = 'answer' }: QuestionOption, number: number): string | undefined {
  switch (effect) {
    case 'cancel':
    case 'approve':
    case 'retry':
      return `/coppice ${effect}`;
    case 'answer':
    case 'allow':
    case 'resolved':
      return `/coppice option ${number}`;
    case 'say':
    case 'attempt':
      return '/coppice guide …';
    case 'raise':
    case 'wait':
      return undefined;
  }
}
