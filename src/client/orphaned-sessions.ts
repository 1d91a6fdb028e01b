import { WorkflowNotFoundError } from '@temporalio/client';
import { isOver } from '../domain/session/session.ts';
import { listSessions } from '../state/session-store.ts';
import type { Connected } from './server/connected.ts';
import type { OrphanedSession } from './types.ts';

/**
 * Sessions with a worktree on this host whose workflow was closed from outside: it was terminated, or lost with its
 * server. A session whose state the server can't tell now is not among them.
 */
export async function orphanedSessions(connected: Connected): Promise<OrphanedSession[]> {
  const { sessions } = await listSessions(connected.home);
  const orphanedSessions: OrphanedSession[] = [];
  for (const { repository, issue, ownership, last } of sessions) {
    if (!ownership || !last || isOver(last.detail.record)) continue;
    if (await isRunning(connected, ownership.workflowId)) continue;
    orphanedSessions.push({ repository, issue, worktree: ownership.location.worktree });
  }
  return orphanedSessions;
}

async function isRunning({ client }: Connected, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    return !(error instanceof WorkflowNotFoundError);
  }
}
