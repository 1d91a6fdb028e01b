import { Context } from '@temporalio/activity';
import { mapActivities } from './map.ts';

/** The interval between two heartbeats, in milliseconds. Several fit into the shortest heartbeat timeout. */
const INTERVAL = 4_000;

/**
 * Wraps activities so that they send heartbeats from their start to their end. So a killed worker is noticed,
 * and cancellation reaches `Context.current().cancellationSignal`.
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
