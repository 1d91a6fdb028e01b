import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../../src/domain/shared/identity.ts';
import {
  addUpdate,
  attachUpdate,
  detachSignal,
  detailQuery,
  dropUpdate,
  guideUpdate,
  pauseUpdate,
  reorderUpdate,
  reportIssueSignal,
  resumeUpdate,
  runStatusQuery,
  setConcurrencyUpdate,
  statusQuery,
} from '../../src/workflows/messages.ts';
import type { runWorkflow } from '../../src/workflows/run/workflow.ts';
import type { issueWorkflow } from '../../src/workflows/session/workflow.ts';
import { eventually } from '../support/eventually.ts';
import {
  REPOSITORY,
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from '../support/workflow-environment.ts';

/** A client sends an update again when it got no answer, and Temporal knows it only within one execution. */

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment(['limit.historyCount.suggestContinueAsNew=100']);
});
afterAll(() => environment.close());

/** Sends a workflow what changes nothing until its next execution has begun, and answers. */
async function continueAsNew(workflow: WorkflowHandle, send: () => Promise<unknown>) {
  const { runId } = await workflow.describe();
  await eventually(async () => {
    await send();
    expect((await workflow.describe()).runId).not.toBe(runId);
  });
}

test('an update of a session that is sent again after continue-as-new is taken once', async () => {
  const { client, world } = environment;
  const issue = 9_001;
  world.script(issue, { kind: 'stuck', decision: 'which?', options: [], context: '' });
  const workflowId = sessionWorkflowId(REPOSITORY, issue);
  await client.workflow.start<typeof issueWorkflow>('issueWorkflow', {
    args: [{ repository: REPOSITORY, issue }],
    workflowId,
    taskQueue: SHARED_TASK_QUEUE,
  });
  const session = client.workflow.getHandle<typeof issueWorkflow>(workflowId);
  await eventually(async () => expect((await session.query(statusQuery)).status).toBe('stuck'));
  const terminal = { id: randomUUID(), holder: { pid: 1, started: 'then' } };
  const attach = (id: string) =>
    session.executeUpdate(attachUpdate, { args: [terminal], updateId: id });
  const updates = async (): Promise<void> => {
    await session.executeUpdate(pauseUpdate, { updateId: 'pause' });
    await session.executeUpdate(guideUpdate, { args: [{ budget: 5 }], updateId: 'guide' });
  };
  const allowed = async () => (await session.query(detailQuery)).guidance.length;
  await updates();
  const attached = await attach('attach');
  const given = await allowed();
  await session.executeUpdate(resumeUpdate, { updateId: 'resume' });
  await continueAsNew(session, () =>
    Promise.all(
      Array.from({ length: 20 }, () =>
        session.signal(reportIssueSignal, { state: 'open', title: 'x', digest: 'd' }),
      ),
    ),
  );
  await updates();
  // The terminal gets the answer that was lost. What another one asks is refused as before.
  expect(await attach('attach')).toEqual(attached);
  await expect(attach('another')).rejects.toThrow();
  expect(await allowed()).toBe(given);

  const detach = { id: terminal.id, guidance: 'the first' };
  await session.signal(detachSignal, detach);
  await session.signal(detachSignal, detach);
  // It is not paused: its agent is told the answer, once.
  await eventually(async () => expect((await session.query(statusQuery)).status).toBe('complete'));
  const turns = world.turnInputs.filter(({ location }) => location.issue === issue);
  expect(turns.map(({ guidance }) => guidance)).toEqual(['', 'the first']);
});

test('an update of a run that is sent again after continue-as-new is taken once', async () => {
  const { client, world } = environment;
  world.script(9_002, { kind: 'stuck', decision: 'which?', options: [], context: '' });
  const workflowId = runWorkflowId(REPOSITORY, 'repeated');
  await client.workflow.start<typeof runWorkflow>('runWorkflow', {
    args: [
      { repository: REPOSITORY, name: 'repeated', concurrency: 1, issues: [{ issue: 9_002 }] },
    ],
    workflowId,
    taskQueue: SHARED_TASK_QUEUE,
  });
  const run = client.workflow.getHandle<typeof runWorkflow>(workflowId);
  const status = () => run.query(runStatusQuery);
  await eventually(async () => expect((await status()).sessions[0]?.status).toBe('stuck'));
  const after = [9_002];
  const updates = async (): Promise<void> => {
    const updateId = (name: string) => ({ updateId: name });
    await run.executeUpdate(addUpdate, { args: [{ issue: 9_003, after }], ...updateId('add') });
    await run.executeUpdate(reorderUpdate, { args: [[9_003]], ...updateId('reorder') });
    await run.executeUpdate(dropUpdate, { args: [9_003], ...updateId('drop') });
    await run.executeUpdate(setConcurrencyUpdate, { args: [9], ...updateId('concurrency') });
    await run.executeUpdate(pauseUpdate, updateId('pause'));
  };
  await updates();
  expect(await status()).toMatchObject({ concurrency: 9, paused: true, queue: [] });
  await run.executeUpdate(resumeUpdate);
  await continueAsNew(run, () => run.executeUpdate(setConcurrencyUpdate, { args: [2] }));
  await run.executeUpdate(addUpdate, { args: [{ issue: 9_004, after }] });
  await updates();
  const queue = [{ issue: 9_004 }];
  expect(await status()).toMatchObject({ concurrency: 2, paused: false, queue });
});
