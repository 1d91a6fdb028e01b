import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, expect, test } from 'vitest';
import { sessionWorkflowId } from '../../../src/domain/shared/identity.ts';
import {
  detailQuery,
  guideUpdate,
  reportPullRequestSignal,
  statusQuery,
} from '../../../src/workflows/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { environmentOfTests, REPOSITORY } from '../../support/workflow-session.ts';

const { client, address, world } = await environmentOfTests();

const QUEUE = 'earlier version';
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: QUEUE,
  workflowsPath: fileURLToPath(new URL('./hand-on.ts', import.meta.url)),
});
const running = worker.run();
afterAll(async () => {
  worker.shutdown();
  await running;
  await connection.close();
});

/** A session that begins with the state of an execution before. */
async function continued(issue: number, state: object): Promise<WorkflowHandle> {
  const input = { repository: REPOSITORY, issue };
  const { workflowId } = await client.workflow.start('handOn', {
    args: [input, { ...state, input }],
    workflowId: sessionWorkflowId(REPOSITORY, issue),
    taskQueue: QUEUE,
  });
  return client.workflow.getHandle(workflowId);
}

const STATE = JSON.parse(
  readFileSync(new URL('../../domain/session/states/1.json', import.meta.url), 'utf8'),
);

test('a session goes on with the state of an earlier version, in which newer parts are missing', async () => {
  const issue = 6_001;
  const { registration, refused: _, spending: __, ...older } = STATE;
  const location = { ...registration.location, hostId: world.hostId, issue };
  const handle = await continued(issue, {
    ...older,
    registration: { ...registration, location },
    pullRequest: world.pullRequest(issue),
  });
  await eventually(async () =>
    expect(world.turnInputs.filter((input) => input.location.issue === issue)).toMatchObject([
      { kind: 'guidance', guidance: 'second', resume: true, conversation: STATE.conversation },
    ]),
  );
  await eventually(() => expect(world.calls).toContain(`publish #${issue} main`));
  await handle.signal(reportPullRequestSignal, world.merged(issue));
  expect(await handle.result()).toMatchObject({ status: 'merged' });
});

test('a session whose state can’t be read says so, loses nothing, and tries again when it is guided', async () => {
  const issue = 6_002;
  const handle = await continued(issue, { ...STATE, phase: 'sleeping' });
  const isStuck = async () =>
    expect(await handle.query(statusQuery)).toMatchObject({
      status: 'stuck',
      stuckReason: 'This version of Coppice can’t read what the session knows. What now?',
    });
  await eventually(isStuck);
  expect((await handle.query(detailQuery)).stuck?.context).toContain('phase');
  const { runId } = await handle.describe();
  await handle.executeUpdate(guideUpdate, { args: ['try again'] });
  await eventually(async () => expect((await handle.describe()).runId).not.toBe(runId));
  await eventually(isStuck);
  const { events } = await handle.fetchHistory();
  const [started] = events ?? [];
  const { payloads } = started?.workflowExecutionStartedEventAttributes?.input ?? {};
  const carried = JSON.parse(Buffer.from(payloads?.[1]?.data ?? []).toString());
  expect(carried).toMatchObject({ phase: 'sleeping', planText: 'the plan' });
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
});
