import { Context } from '@temporalio/activity';
import type { TurnProgress } from '../agents/ports.ts';
import { refreshStatus } from '../agents/status.ts';

/** Between two heartbeats, in milliseconds. */
const HEARTBEAT = 1_000;

/** Between two refreshes of the status file's `lastHeartbeat`, in milliseconds. */
const REFRESH = 15_000;

/** Heartbeats from now on, with what it was last told; the status file is refreshed now and then. */
export function reportProgress(worktree: string) {
  const context = Context.current();
  let last: TurnProgress = { activity: 'starting', journalBytes: 0 };
  context.heartbeat(last);
  const beat = setInterval(() => context.heartbeat(last), HEARTBEAT);
  const refresh = setInterval(() => refreshStatus(worktree, new Date()), REFRESH);
  return {
    tell: (progress: TurnProgress): void => {
      last = progress;
    },
    end: (): void => {
      clearInterval(beat);
      clearInterval(refresh);
    },
  };
}
