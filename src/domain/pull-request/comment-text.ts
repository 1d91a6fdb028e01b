import type { StuckContext } from '../session/turn.ts';

/** What a reviewer reads when a point was dealt with. */
export const replyText = (said: string, commit: string | null): string =>
  commit === null ? said : `${said}\n\nIn ${commit}.`;

/** A stuck session's question on its issue. */
export function questionText({ decision, options, context }: StuckContext): string {
  const parts = [`**Decision needed:** ${decision}`];
  if (options.length > 0)
    parts.push(`**Options considered:**\n\n${options.map((one) => `- ${one}`).join('\n')}`);
  if (context !== '') parts.push(`**Context:** ${context}`);
  parts.push('Answer with a comment that begins with `/coppice guide`.');
  return parts.join('\n\n');
}
