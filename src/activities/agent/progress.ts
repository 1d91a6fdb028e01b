import { Context } from '@temporalio/activity';
import type { TurnProgress } from '../../agents/turn/ports.ts';
import { refreshStatus } from '../../agents/turn/status.ts';
import type { DiffStat, TurnHeartbeat } from '../../domain/session/turn.ts';

/** Between two heartbeats, in milliseconds; the SDK sends those that are due. */
const HEARTBEAT = 1_000;

/** Between two looks at the worktree, in milliseconds. */
const LOOK = 10_000;

/**
 * Heartbeats from now on, with what it was last told and how much `measure` last found changed; the status file is
 * refreshed as often as that.
 */
export function reportProgress(worktree: string, measure: () => Promise<DiffStat>) {
  const context = Context.current();
  let progress: TurnProgress = { activity: 'starting', journalBytes: 0 };
  let diff: DiffStat | undefined;
  const beat = () =>
    context.heartbeat({
      ...progress,
      ...(diff && { diff }),
      at: new Date().toISOString(),
    } satisfies TurnHeartbeat);
  const look = async () => {
    refreshStatus(worktree, new Date());
    // The worktree is the agent's meanwhile: in the middle of a rebase there may be nothing to measure.
    diff = await measure().catch(() => diff);
  };
  beat();
  const timers = [setInterval(beat, HEARTBEAT), setInterval(look, LOOK)];
  return {
    tell: (now: TurnProgress): void => {
      progress = now;
    },
    end: (): void => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
