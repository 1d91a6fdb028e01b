import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { afterAll, expect } from 'vitest';
import type { SessionInput } from '../../src/domain/session/session.ts';
import { SHARED_TASK_QUEUE, sessionWorkflowId } from '../../src/domain/shared/identity.ts';
import { statusQuery } from '../../src/workflows/messages.ts';
import type { issueWorkflow } from '../../src/workflows/session/workflow.ts';
import { eventually } from './eventually.ts';
import {
  REPOSITORY,
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from './workflow-environment.ts';

export { REPOSITORY };

export type SessionHandle = WorkflowHandleWithFirstExecutionRunId<typeof issueWorkflow>;

/** An environment for the tests of a file, closed after the last. */
export async function environmentOfTests(): Promise<WorkflowEnvironment> {
  const environment = await startWorkflowEnvironment();
  afterAll(() => environment.close());
  return environment;
}

export const startSession = (
  { client }: WorkflowEnvironment,
  issue: number,
  more: Partial<SessionInput> = {},
): Promise<SessionHandle> =>
  client.workflow.start<typeof issueWorkflow>('issueWorkflow', {
    args: [{ repository: REPOSITORY, issue, ...more }],
    workflowId: sessionWorkflowId(REPOSITORY, issue),
    taskQueue: SHARED_TASK_QUEUE,
  });

/** Waits until a session has a status. */
export const until = (handle: SessionHandle, status: string): Promise<void> =>
  eventually(async () => expect((await handle.query(statusQuery)).status).toBe(status));
