import type { SessionDetail, SessionLocation } from '../domain/session/session.ts';
import { mapActivities } from './map.ts';

/** Input of an activity that first writes its session's status to disk, as `recordStatus` does. */
export interface CarriesStatus {
  readonly status?: SessionDetail;
}

/**
 * Wraps activities so that a status in their input is written first. A failure to write it is only logged,
 * because the next status is complete too.
 */
export const writingStatus = <A extends object>(
  activities: A,
  recordStatus: (input: {
    readonly location: SessionLocation;
    readonly detail: SessionDetail;
  }) => Promise<void>,
): A =>
  mapActivities(activities, async (run, input) => {
    const { location, status } = (input ?? {}) as CarriesStatus & { location?: SessionLocation };
    if (location && status)
      try {
        await recordStatus({ location, detail: status });
      } catch (error) {
        console.error(`coppice: the status of #${location.issue} can't be written: ${error}`);
      }
    return await run();
  });
