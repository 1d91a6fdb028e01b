import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../../../src/domain/shared/identity.ts';
import { runStatusQuery } from '../../../src/workflows/messages.ts';
import type { runWorkflow } from '../../../src/workflows/run/workflow.ts';
import { eventually } from '../../support/eventually.ts';
import { environmentOfTests, REPOSITORY } from '../../support/workflow-session.ts';

const { client } = await environmentOfTests();

test('a run that was reset to its first task notices the end of a session that is terminated then', async () => {
  const issue = 4_001;
  const workflowId = runWorkflowId(REPOSITORY, 'reset');
  const started = await client.workflow.start<typeof runWorkflow>('runWorkflow', {
    args: [{ repository: REPOSITORY, name: 'reset', issues: [{ issue }] }],
    ...{ workflowId, taskQueue: SHARED_TASK_QUEUE },
  });
  const run = client.workflow.getHandle<typeof runWorkflow>(workflowId);
  const isComplete = () =>
    eventually(async () =>
      expect((await run.query(runStatusQuery)).sessions).toMatchObject([
        { issue, status: 'complete' },
      ]),
    );
  await isComplete();
  const { events } = await started.fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId: started.firstExecutionRunId },
    workflowTaskFinishEventId: first?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'test',
  });
  await isComplete();
  await client.workflow.getHandle(sessionWorkflowId(REPOSITORY, issue)).terminate('test');
  expect(await run.result()).toMatchObject({ merged: [], cancelled: [issue] });
});
