import { ApplicationFailure, type CancelledFailure, Context } from '@temporalio/activity';
import { Detached, type LeaveReason } from '../../agents/turn/ports.ts';

/** Reasons for which Temporal cancels an activity, and what they mean for the agent; see @temporalio/worker's activity.ts. */
const REASONS: Readonly<Record<string, LeaveReason>> = {
  CANCELLED: 'cancelled',
  WORKER_SHUTDOWN: 'interrupted',
  PAUSED: 'interrupted',
  // The server gave the activity to another worker, or has forgotten it.
  TIMED_OUT: 'superseded',
  NOT_FOUND: 'superseded',
  RESET: 'superseded',
};

/** Tells a turn's watcher to leave when Temporal cancels its activity. */
export function leaveSignal(cancellation: AbortSignal): AbortSignal {
  const leave = new AbortController();
  const abort = () => {
    const { message } = cancellation.reason as CancelledFailure;
    leave.abort(REASONS[message] ?? 'superseded');
  };
  if (cancellation.aborted) abort();
  else cancellation.addEventListener('abort', abort, { once: true });
  return leave.signal;
}

/** What the activity fails with: a worker that shuts down has the turn resumed by the next one. */
export function asLeft(error: unknown): unknown {
  if (!(error instanceof Detached)) return error;
  const cancellation: CancelledFailure = Context.current().cancellationSignal.reason;
  return cancellation.message === 'WORKER_SHUTDOWN'
    ? ApplicationFailure.retryable('the worker shut down in mid-turn', 'TurnInterrupted')
    : cancellation;
}
