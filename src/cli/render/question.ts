import type { SessionView } from '../../client/types.ts';
import { optionLine } from '../../domain/session/options.ts';
import { age } from '../../domain/shared/age.ts';
import { oneLine, plainLines } from '../../domain/shared/text.ts';

/** What a session asks, with all that a person needs to decide it. @param place which of how many */
export function renderQuestion(
  { detail: { record, stuck } }: SessionView,
  [number, count]: readonly [number, number],
  { now, columns }: { readonly now: Date; readonly columns: number },
): string {
  const title = oneLine(record.issueTitle, Math.max(20, columns - 40));
  const head = `${number} of ${count}: #${record.issueNumber} ${title}`.trimEnd();
  if (!stuck) return head;
  return [
    `${head}, waiting for ${age(record.since, now)}`,
    '',
    ...(stuck.context === '' ? [] : [plainLines(stuck.context), '']),
    plainLines(stuck.decision),
    ...stuck.options.map((option, index) => `    ${optionLine(option, index + 1)}`),
    ...(record.pullRequestUrl === null ? [] : [`Pull request: ${record.pullRequestUrl}`]),
  ].join('\n');
}
