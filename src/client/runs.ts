import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Connection,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowIdConflictPolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { type RunArguments, RunInput } from '../domain/run/run.ts';
import { runWorkflowId, SHARED_TASK_QUEUE, sessionWorkflowId } from '../domain/shared/identity.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { ensureSearchAttributes } from '../temporal/search-attributes.ts';
import {
  addUpdate,
  dropUpdate,
  pauseUpdate,
  reorderUpdate,
  resumeUpdate,
  runStatusQuery,
  setConcurrencyUpdate,
} from '../workflows/messages.ts';
import type { runWorkflow } from '../workflows/run/workflow.ts';
import { runAttributes } from '../workflows/search-attributes.ts';
import { openWorkflows } from './open-workflows.ts';
import type { Connected } from './server/connected.ts';
import { queryWorkflow } from './server/query-workflow.ts';
import { lacksSearchAttributes } from './server/server-error.ts';
import { UPDATE_TIMEOUT, updateNotAccepted } from './server/updates.ts';
import { webUrl } from './server/web-url.ts';
import { type Amendment, ClientError, type StartedRun } from './types.ts';

export async function startRun(connected: Connected, input: RunArguments): Promise<StartedRun> {
  const { repository, name, issues } = RunInput.parse(input);
  const workflowId = runWorkflowId(repository, name);
  try {
    const handle = await onAnyServer(connected, () =>
      connected.client.workflow.start<typeof runWorkflow>('runWorkflow', {
        args: [input],
        workflowId,
        taskQueue: SHARED_TASK_QUEUE,
        typedSearchAttributes: runAttributes(repository, name),
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        staticSummary: `${repository}: ${issues.map(({ issue }) => `#${issue}`).join(' ')}`.slice(
          0,
          200,
        ),
      }),
    );
    await listed(connected, repository, handle);
    return started(connected, repository, name, issues, handle);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new ClientError('AlreadyRunning', `a run named ${name} is open already in ${repository}`);
  }
}

/** How often a server is asked that has just been given Coppice's search attributes, and the pause between, in milliseconds. */
const READY = { times: 20, every: 500 };

/** Starts a workflow, also on a server where no worker of Coppice has ever run. */
async function onAnyServer<T>({ client, server }: Connected, start: () => Promise<T>): Promise<T> {
  for (let left = READY.times; ; left--) {
    try {
      return await start();
    } catch (error) {
      if (!lacksSearchAttributes(error) || left === 0) throw error;
      await ensureSearchAttributes(client.connection as Connection, server.namespace);
      await sleep(READY.every);
    }
  }
}

/** How long a listing of the server may come late, in milliseconds, and how often it is looked at. */
const LISTED = { within: 3_000, every: 50 };

/** Waits until whoever asks for the open runs finds this one; a listing that stays behind is not waited for. */
async function listed(
  connected: Connected,
  repository: RepositoryName,
  handle: WorkflowHandle,
): Promise<void> {
  for (const until = Date.now() + LISTED.within; Date.now() < until; await sleep(LISTED.every)) {
    const open = await openWorkflows(connected, 'runWorkflow', repository);
    if (open.some(({ workflowId }) => workflowId === handle.workflowId)) return;
    if ((await handle.describe()).status.name !== 'RUNNING') return;
  }
}

export async function joinRun(
  connected: Connected,
  repository: RepositoryName,
  name: string,
): Promise<StartedRun> {
  const workflowId = runWorkflowId(repository, name);
  const answer = await queryWorkflow(connected, workflowId, runStatusQuery);
  if (answer.kind === 'gone') throw noSuchRun(repository, name);
  if (answer.kind === 'unresponsive')
    throw new ClientError(
      'Unresponsive',
      `run ${name} does not answer: ${answer.unresponsive.cause}; ${answer.unresponsive.advice}`,
    );
  const { sessions, queue, titles } = answer.value;
  const issues = [...sessions, ...queue].map(({ issue }) => ({ issue, title: titles[issue] }));
  const handle = connected.client.workflow.getHandle<typeof runWorkflow>(workflowId);
  return started(connected, repository, name, issues, handle);
}

const started = (
  connected: Connected,
  repository: RepositoryName,
  name: string,
  issues: readonly { readonly issue: number; readonly title?: string | undefined }[],
  handle: WorkflowHandle<typeof runWorkflow>,
): StartedRun => ({
  name,
  workflowId: handle.workflowId,
  sessions: issues.map(({ issue, title }) => ({
    ...{ issue, workflowId: sessionWorkflowId(repository, issue) },
    ...(title !== undefined && { title }),
  })),
  ...webUrl(connected, handle.workflowId),
  result: () => resultOf(handle, name),
});

async function resultOf(handle: WorkflowHandle<typeof runWorkflow>, name: string) {
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { cause } = error;
    const how =
      cause instanceof CancelledFailure
        ? 'was cancelled: it starts nothing more, and what it started has ended'
        : `was closed from outside: ${cause?.message ?? error.message}; coppice status shows its sessions`;
    throw new ClientError('Refused', `run ${name} ${how}`);
  }
}

export async function cancelRun(
  { client }: Connected,
  repository: RepositoryName,
  run: string,
): Promise<void> {
  const handle = client.workflow.getHandle(runWorkflowId(repository, run));
  await toOpenRun(repository, run, () => handle.cancel());
}

export async function amendRun(
  { client }: Connected,
  repository: RepositoryName,
  run: string,
  amendment: Amendment,
): Promise<void> {
  const handle = client.workflow.getHandle(runWorkflowId(repository, run));
  await toOpenRun(repository, run, () =>
    client.withDeadline(Date.now() + UPDATE_TIMEOUT, () => update(handle, amendment)),
  );
}

function update(handle: WorkflowHandle, amendment: Amendment): Promise<void> {
  switch (amendment.do) {
    case 'add':
      return handle.executeUpdate(addUpdate, { args: [amendment.entry] });
    case 'drop':
      return handle.executeUpdate(dropUpdate, { args: [amendment.issue] });
    case 'reorder':
      return handle.executeUpdate(reorderUpdate, { args: [[...amendment.first]] });
    case 'setConcurrency':
      return handle.executeUpdate(setConcurrencyUpdate, { args: [amendment.concurrency] });
    case 'pause':
      return handle.executeUpdate(pauseUpdate);
    case 'resume':
      return handle.executeUpdate(resumeUpdate);
  }
}

async function toOpenRun(
  repository: RepositoryName,
  run: string,
  send: () => Promise<unknown>,
): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw noSuchRun(repository, run);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw updateNotAccepted(`run ${run}`);
    if (error instanceof WorkflowUpdateFailedError)
      throw new ClientError('Refused', error.cause?.message ?? error.message);
    throw error;
  }
}

const noSuchRun = (repository: RepositoryName, run: string): ClientError =>
  new ClientError('NoSuchRun', `no open run named ${run} in ${repository}`);
