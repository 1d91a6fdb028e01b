import type { SessionRecord } from '../../domain/session.ts';
import { oneLine } from '../../domain/text.ts';

/** How the question of a session begins that waits for approval of its plan; see workflows/life.ts. */
const APPROVAL = 'Approve the plan?';

const asksForApproval = (decision: string | null): boolean =>
  decision?.startsWith(APPROVAL) === true;

/** The command that answers a stuck session. */
export const answerCommand = ({ issueNumber, stuckReason }: SessionRecord): string =>
  `coppice guide ${issueNumber} ${asksForApproval(stuckReason) ? '--approve' : '"…"'}`;

/** What only the person can do now, the most pressing first, one line each. */
export function nextSteps(records: readonly SessionRecord[]): string[] {
  const stuck = records.filter(({ status }) => status === 'stuck');
  const ready = records.filter(({ status }) => status === 'complete');
  return [
    ...stuck.map((record) => {
      const verb = asksForApproval(record.stuckReason) ? 'Read and approve the plan of' : 'Answer';
      return `${verb} #${record.issueNumber}: ${answerCommand(record)}   (coppice show ${record.issueNumber} tells more)`;
    }),
    ...ready.map(
      (record) => `Review #${record.issueNumber}: ${oneLine(record.pullRequestUrl ?? '', 300)}`,
    ),
  ];
}
