import { ApplicationFailure, type CancelledFailure, Context } from '@temporalio/activity';
import { Detached, type LeaveReason } from '../../agents/turn/ports.ts';

/**
 * Reasons for which Temporal cancels an activity, and what each means for the agent; see activity.ts of
 * @temporalio/worker.
 */
const REASONS: Readonly<Record<string, LeaveReason>> = {
  CANCELLED: 'cancelled',
  WORKER_SHUTDOWN: 'interrupted',
  PAUSED: 'interrupted',
  // The server has given the activity to another worker, or does not know it any more.
  TIMED_OUT: 'superseded',
  NOT_FOUND: 'superseded',
  RESET: 'superseded',
};

/** A signal that makes a turn's watcher leave when Temporal cancels its activity. */
export function detachSignal(cancellation: AbortSignal): AbortSignal {
  const leave = new AbortController();
  const abort = () => {
    const { message } = cancellation.reason as CancelledFailure;
    leave.abort(REASONS[message] ?? 'superseded');
  };
  if (cancellation.aborted) abort();
  else cancellation.addEventListener('abort', abort, { once: true });
  return leave.signal;
}

/**
 * The error with which the activity fails. After a shutdown of the worker it is retryable, so that the next
 * worker resumes the turn.
 */
export function detachedFailure(error: unknown): unknown {
  if (!(error instanceof Detached)) return error;
  const cancellation: CancelledFailure = Context.current().cancellationSignal.reason;
  return cancellation.message === 'WORKER_SHUTDOWN'
    ? ApplicationFailure.retryable('the worker was shut down during a turn', 'TurnInterrupted')
    : cancellation;
}
