import type { Context } from '../context.ts';
import { eachIssue } from '../each-issue.ts';

/** Approves the plans of sessions that wait for it. */
export async function approve(context: Context, references: readonly string[]): Promise<void> {
  await eachIssue(context, references, async (coppice, repository, issue) => {
    await coppice.guide(repository, issue, { action: 'approve' });
    context.terminal.out(`The plan of #${issue} is approved.`);
  });
}
