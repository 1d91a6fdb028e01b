import { randomUUID } from 'node:crypto';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { AttachRequest, Detach } from '../domain/session/attachment.ts';
import type { GuidanceInput } from '../domain/session/guidance.ts';
import type { Attached } from '../domain/session/session.ts';
import { sessionWorkflowId } from '../domain/shared/identity.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { ignoringDamage } from '../state/files/json-file.ts';
import { readDetail, readOwnership } from '../state/session-store.ts';
import {
  attachUpdate,
  detachSignal,
  detailQuery,
  guideUpdate,
  pauseSignal,
  resumeSignal,
} from '../workflows/messages.ts';
import { withProgress } from './progress.ts';
import type { Connected } from './server/connected.ts';
import { queryWorkflow } from './server/query-workflow.ts';
import { UPDATE_TIMEOUT, updateNotAccepted } from './server/updates.ts';
import { webUrl } from './server/web-url.ts';
import { ClientError, type SessionView } from './types.ts';

const noSuchSession = (repository: RepositoryName, issue: number, open: boolean): ClientError =>
  new ClientError(
    'NoSuchSession',
    `${repository} has no ${open ? 'open ' : ''}session of #${issue}; \`coppice status\` lists them`,
  );

export async function showSession(
  connected: Connected,
  repository: RepositoryName,
  issue: number,
): Promise<SessionView> {
  const workflowId = sessionWorkflowId(repository, issue);
  const owned = await ignoringDamage(readOwnership(connected.home, repository, issue));
  const links = {
    ...{ workflowId, ...webUrl(connected, workflowId) },
    leftHere: owned !== undefined,
  };
  const answer = await queryWorkflow(connected, workflowId, detailQuery);
  if (answer.kind === 'responded') {
    const record = await withProgress(connected, workflowId, answer.value.record);
    const detail = { ...answer.value, record };
    return { ...links, detail, source: 'live', asOf: new Date().toISOString() };
  }
  const unresponsive = answer.kind === 'unresponsive' ? { unresponsive: answer.unresponsive } : {};
  const recorded = await readDetail(connected.home, repository, issue);
  if (recorded) return { ...links, ...recorded, ...unresponsive, source: 'recorded' };
  if (answer.kind === 'unresponsive')
    throw new ClientError(
      'Unresponsive',
      `the session of ${repository}#${issue} does not answer, and this host has no record of it: ${answer.unresponsive.cause}; ${answer.unresponsive.advice}`,
    );
  throw noSuchSession(repository, issue, false);
}

/** How long a session may take to accept guidance, in milliseconds. A worker that was killed is back by then. */
const GUIDE_TIMEOUT = 60_000;

export async function guideSession(
  { client }: Connected,
  repository: RepositoryName,
  issue: number,
  guidance: GuidanceInput,
): Promise<void> {
  const handle = client.workflow.getHandle(sessionWorkflowId(repository, issue));
  // The update id makes a repeated request have its effect once.
  const options = { args: [guidance] as [GuidanceInput], updateId: randomUUID() };
  await toOpenSession(repository, issue, async () => {
    try {
      await client.withDeadline(Date.now() + GUIDE_TIMEOUT, () =>
        handle.executeUpdate(guideUpdate, options),
      );
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
        throw new ClientError(
          'Unreachable',
          `#${issue} has not answered for a minute: check that a worker is up (coppice doctor), and that the session received your guidance (coppice show ${issue})`,
        );
      throw refusedBy(error, issue);
    }
  });
}

const refusedBy = (error: unknown, issue: number): unknown =>
  error instanceof WorkflowUpdateFailedError
    ? new ClientError('Refused', `#${issue} ${error.cause?.message ?? error.message}`)
    : error;

export async function cancelSession(
  { client }: Connected,
  repository: RepositoryName,
  issue: number,
): Promise<void> {
  const handle = client.workflow.getHandle(sessionWorkflowId(repository, issue));
  await toOpenSession(repository, issue, async () => {
    await handle.cancel();
  });
}

export async function pauseSession(
  { client }: Connected,
  repository: RepositoryName,
  issue: number,
  paused: boolean,
): Promise<void> {
  const handle = client.workflow.getHandle(sessionWorkflowId(repository, issue));
  await toOpenSession(repository, issue, async () => {
    await handle.signal(paused ? pauseSignal : resumeSignal);
    if (!paused) await handle.signal(detachSignal, {});
  });
}

export async function attachSession(
  { client }: Connected,
  repository: RepositoryName,
  issue: number,
  request: AttachRequest,
): Promise<Attached> {
  const handle = client.workflow.getHandle(sessionWorkflowId(repository, issue));
  return toOpenSession(repository, issue, async () => {
    try {
      return await client.withDeadline(Date.now() + UPDATE_TIMEOUT, () =>
        handle.executeUpdate(attachUpdate, { args: [request] }),
      );
    } catch (error) {
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
        throw updateNotAccepted(`the session of #${issue}`);
      throw refusedBy(error, issue);
    }
  });
}

export async function detachSession(
  { client }: Connected,
  repository: RepositoryName,
  issue: number,
  detach: Detach,
): Promise<void> {
  const handle = client.workflow.getHandle(sessionWorkflowId(repository, issue));
  await toOpenSession(repository, issue, () => handle.signal(detachSignal, detach));
}

async function toOpenSession<T>(
  repository: RepositoryName,
  issue: number,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw noSuchSession(repository, issue, true);
    throw error;
  }
}
