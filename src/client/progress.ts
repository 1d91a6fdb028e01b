import { defaultPayloadConverter } from '@temporalio/common';
import type { SessionRecord } from '../domain/session.ts';
import { TurnHeartbeat } from '../domain/turn.ts';
import type { Connected } from './connected.ts';

/** The record with what the turn under way last told by heartbeat, which the workflow does not hear. */
export async function withProgress(
  { client }: Connected,
  workflowId: string,
  record: SessionRecord,
): Promise<SessionRecord> {
  if (record.status !== 'working' && record.status !== 'planning') return record;
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const turn = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'runTurn');
  const payload = turn?.heartbeatDetails?.payloads?.[0];
  const heartbeat = TurnHeartbeat.safeParse(
    payload && defaultPayloadConverter.fromPayload(payload),
  );
  if (!heartbeat.success) return record;
  const { at, diff = record.diff, activity } = heartbeat.data;
  return { ...record, lastHeartbeat: at, diff, activity };
}
