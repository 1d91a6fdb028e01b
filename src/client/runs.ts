import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { runWorkflowId, SHARED_TASK_QUEUE, sessionWorkflowId } from '../domain/identity.ts';
import type { RepositoryName } from '../domain/repository.ts';
import { type RunArguments, RunInput } from '../domain/run.ts';
import type { runWorkflow } from '../workflows/run.ts';
import type { Connected } from './open.ts';
import { ClientError, type StartedRun } from './types.ts';
import { webUrl } from './web-url.ts';

export async function startRun(connected: Connected, input: RunArguments): Promise<StartedRun> {
  const { repository, name, issues } = RunInput.parse(input);
  const workflowId = runWorkflowId(repository, name);
  try {
    const handle = await connected.client.workflow.start<typeof runWorkflow>('runWorkflow', {
      args: [input],
      workflowId,
      taskQueue: SHARED_TASK_QUEUE,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      staticSummary: `${repository}: ${issues.map(({ issue }) => `#${issue}`).join(' ')}`.slice(
        0,
        200,
      ),
    });
    return {
      name,
      workflowId,
      sessions: issues.map(({ issue }) => ({
        issue,
        workflowId: sessionWorkflowId(repository, issue),
      })),
      ...webUrl(connected, workflowId),
      result: () => handle.result(),
    };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new ClientError('AlreadyRunning', `a run named ${name} is open already in ${repository}`);
  }
}

export async function cancelRun(
  { client }: Connected,
  repository: RepositoryName,
  run: string,
): Promise<void> {
  try {
    await client.workflow.getHandle(runWorkflowId(repository, run)).cancel();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new ClientError('NoSuchRun', `no open run named ${run} in ${repository}`);
  }
}
