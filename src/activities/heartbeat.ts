import { Context } from '@temporalio/activity';

/** Between two heartbeats, in milliseconds: several fit into the shortest heartbeat timeout. */
const INTERVAL = 4_000;

/** Heartbeats from now until `work` ends; without heartbeats no cancellation would reach the signal. */
export async function heartbeating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { heartbeat, cancellationSignal } = Context.current();
  heartbeat();
  const timer = setInterval(() => heartbeat(), INTERVAL);
  try {
    return await work(cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
