import { Context } from '@temporalio/activity';
import type { TurnProgress } from '../../agents/turn/ports.ts';
import { refreshStatus } from '../../agents/turn/status.ts';
import type { DiffStat, TurnHeartbeat } from '../../domain/session/turn.ts';

/** The interval between two heartbeats, in milliseconds. The SDK sends only those that are due. */
const HEARTBEAT = 1_000;

/** The interval between two measurements of the worktree, in milliseconds. */
const LOOK = 10_000;

/**
 * Sends heartbeats with the latest progress, and with the size of the changes that `measure` found last. It
 * also refreshes the status file after each measurement. `end` stops it.
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
    // The agent works in the worktree meanwhile. During a rebase it may be impossible to measure.
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
