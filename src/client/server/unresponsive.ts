import { WorkflowNotFoundError } from '@temporalio/client';
import { oneLine } from '../../domain/shared/text.ts';
import type { Unresponsive } from '../types.ts';
import type { Connected } from './connected.ts';

/** Milliseconds that the server may take to say how a workflow is. */
const TIMEOUT = 3_000;

/** The failure is the last event, or a few before it. */
const LAST_EVENTS = 10;

/**
 * Why an open workflow did not answer.
 * @param refusal a worker's message when it refused the query; empty when none did
 * @returns undefined when there is no such workflow
 */
export async function whyUnresponsive(
  connected: Connected,
  workflowId: string,
  refusal: string,
): Promise<Unresponsive | undefined> {
  const { client } = connected;
  try {
    return await client.withDeadline(Date.now() + TIMEOUT, async () => {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      // Every task has a first attempt. Only a failure leads to a second.
      const attempt = raw.pendingWorkflowTask?.attempt ?? 0;
      const cause = attempt > 1 ? await taskFailure(connected, workflowId) : '';
      if (cause !== '' || refusal !== '') return taskFails(workflowId, cause || refusal);
      return NO_ANSWER;
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    return NO_ANSWER;
  }
}

/**
 * What the last workflow task of an open workflow failed with, in one line; empty when it did not fail. Only the first of
 * several failures is in the history, and it is at its end.
 */
async function taskFailure({ client }: Connected, workflowId: string): Promise<string> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: LAST_EVENTS,
  });
  const events = history?.events ?? [];
  const completed = events.findIndex((event) => event.workflowTaskCompletedEventAttributes);
  const since = completed === -1 ? events : events.slice(0, completed);
  const failed = since.find((event) => event.workflowTaskFailedEventAttributes);
  const failure = failed?.workflowTaskFailedEventAttributes?.failure;
  return failed ? oneLine(failure?.message || 'no reason was given', 300) : '';
}

const NO_ANSWER: Unresponsive = {
  why: 'no-response',
  cause: 'no worker answered in time',
  advice:
    'coppice up starts a worker on this host; coppice doctor looks for what keeps it from answering',
};

const taskFails = (workflowId: string, cause: string): Unresponsive => ({
  why: 'task-fails',
  cause: `its workflow task fails: ${cause}`,
  advice: `its work is kept, and Temporal goes on trying: the version of Coppice that began it may do it; else take it back to its last good step: temporal workflow reset --workflow-id ${workflowId} --type LastWorkflowTask --reapply-exclude Signal --reason "its task fails"`,
});
