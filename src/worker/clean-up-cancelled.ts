import { vacate } from '../agents/turn/occupancy.ts';
import { isOver, type SessionDetail } from '../domain/session/session.ts';
import { unregisterWatch } from '../github/watcher/watches.ts';
import type { Home } from '../state/home.ts';
import { listSessions, saveDetail } from '../state/session-store.ts';

export interface CleanUpOptions {
  readonly home: Home;
  /** Whether a session's workflow has ended cancelled. */
  wasCancelled(workflowId: string): Promise<boolean>;
  /** Milliseconds an agent has to end by itself. */
  readonly grace: number;
  readonly log: (line: string) => void;
}

/**
 * Cleans up after sessions that were cancelled while this host did not answer: it ends their agents and stops watching
 * their pull requests. Their worktrees and branches stay until they are pruned.
 */
export async function cleanUpCancelled(options: CleanUpOptions): Promise<void> {
  const { home, wasCancelled, grace, log } = options;
  const sessions = await listSessions(home).then(
    (listed) => listed.sessions,
    (error: Error) => {
      log(`can't look what was left behind: ${error.message}`);
      return [];
    },
  );
  for (const { repository, issue, ownership, last } of sessions) {
    if (!ownership || !last || isOver(last.detail.record)) continue;
    try {
      if (!(await wasCancelled(ownership.workflowId))) continue;
      await vacate({ turns: home.turns, worktree: ownership.location.worktree, grace });
      await unregisterWatch(home, { repository, issue });
      await saveDetail(home, ended(last.detail), new Date().toISOString());
      log(`cleared up after ${repository}#${issue}, which was cancelled meanwhile`);
    } catch (error) {
      log(`can't clear up after ${repository}#${issue}: ${(error as Error).message}`);
    }
  }
}

const ended = (detail: SessionDetail): SessionDetail => ({
  ...detail,
  stuck: null,
  record: {
    ...detail.record,
    ...{ status: 'cancelled', stuckReason: null, asksFor: null, options: [], waitingUntil: null },
    activity: 'cancelled by a person while this host did not answer',
  },
});
