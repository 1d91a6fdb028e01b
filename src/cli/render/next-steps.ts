import { answerCommand } from '../../domain/session/answer-command.ts';
import type { SessionRecord } from '../../domain/session/session.ts';
import { oneLine } from '../../domain/shared/text.ts';

/** What only the person can do now, the most pressing first, one line each. */
export function nextSteps(records: readonly SessionRecord[]): string[] {
  const stuck = records.filter(
    ({ status, attachedSince }) => status === 'stuck' && attachedSince === null,
  );
  const ready = records.filter(({ status }) => status === 'complete');
  return [
    ...stuck.map((record) => {
      const verb = record.asksFor === 'approval' ? 'Read and approve the plan of' : 'Answer';
      return `${verb} #${record.issueNumber}: ${answerCommand(record.issueNumber, record)}   (coppice show ${record.issueNumber} shows more)`;
    }),
    ...ready.map(
      (record) => `Review #${record.issueNumber}: ${oneLine(record.pullRequestUrl ?? '', 300)}`,
    ),
  ];
}
