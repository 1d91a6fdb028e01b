import { sleep } from '@temporalio/workflow';
import { runWorkflow as realRunWorkflow } from '../../src/workflows/run/workflow.ts';
import { issueWorkflow as realIssueWorkflow } from '../../src/workflows/session/workflow.ts';

/** The workflows with a timer that no recorded history has. */
export async function issueWorkflow(
  ...args: Parameters<typeof realIssueWorkflow>
): ReturnType<typeof realIssueWorkflow> {
  await sleep(1);
  return realIssueWorkflow(...args);
}

export async function runWorkflow(
  ...args: Parameters<typeof realRunWorkflow>
): ReturnType<typeof realRunWorkflow> {
  await sleep(1);
  return realRunWorkflow(...args);
}
