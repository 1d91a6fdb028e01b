import { defaultPayloadConverter } from '@temporalio/common';
import { isOver, type SessionRecord } from '../domain/session/session.ts';
import { TurnHeartbeat } from '../domain/session/turn.ts';
import { nameOf, type PendingActivity, retryingIn } from './retrying.ts';
import type { Connected } from './server/connected.ts';
import { isAboutServer } from './server/server-error.ts';

/** Milliseconds that the server may take; without its answer the record stays as it is. */
const TIMEOUT = 3_000;

/** Adds the state of running activities to the record. Only the server knows it. */
export async function withProgress(
  connected: Connected,
  workflowId: string,
  record: SessionRecord,
): Promise<SessionRecord> {
  try {
    return await connected.client.withDeadline(Date.now() + TIMEOUT, () =>
      progressOf(connected, workflowId, record),
    );
  } catch (error) {
    if (isAboutServer(error)) throw error;
    return record;
  }
}

async function progressOf(
  { client }: Connected,
  workflowId: string,
  record: SessionRecord,
): Promise<SessionRecord> {
  // Stuck, it waits for a person and for nothing else.
  if (isOver(record) || record.status === 'stuck') return record;
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const pending = raw.pendingActivities ?? [];
  const retrying = retryingIn(pending);
  return { ...withHeartbeat(record, pending), ...(retrying && { retrying }) };
}

/** Adds what the running turn reported in its last heartbeat. */
function withHeartbeat(record: SessionRecord, pending: readonly PendingActivity[]): SessionRecord {
  if (record.status !== 'working' && record.status !== 'planning') return record;
  const turn = pending.find((activity) => nameOf(activity) === 'runTurn');
  const payload = turn?.heartbeatDetails?.payloads?.[0];
  const heartbeat = TurnHeartbeat.safeParse(
    payload && defaultPayloadConverter.fromPayload(payload),
  );
  if (!heartbeat.success) return record;
  const { at, diff = record.diff, activity } = heartbeat.data;
  return { ...record, lastHeartbeat: at, diff, activity };
}
