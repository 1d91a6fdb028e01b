import { Context } from '@temporalio/activity';
import { mapActivities } from './map.ts';

/** Between two heartbeats, in milliseconds: several fit into the shortest heartbeat timeout. */
const INTERVAL = 4_000;

/**
 * The same activities, heartbeating from their first line until they end: a killed worker is noticed, and cancellation
 * reaches `Context.current().cancellationSignal`.
 */
export const heartbeating = <A extends object>(activities: A): A =>
  mapActivities(activities, async (run) => {
    const context = Context.current();
    context.heartbeat();
    const timer = setInterval(() => context.heartbeat(), INTERVAL);
    try {
      return await run();
    } finally {
      clearInterval(timer);
    }
  });
