import { ApplicationFailure } from '@temporalio/common';
import { CoppiceError } from '../domain/failure.ts';
import { RateLimited } from '../github/errors.ts';
import { isDiskFull, noSpaceFor } from './disk.ts';
import { mapActivities } from './map.ts';

/** What Temporal makes of an activity's error: final, to be retried at a time, or to be retried as usual. */
function asFailure(error: unknown): unknown {
  if (error instanceof CoppiceError)
    return ApplicationFailure.nonRetryable(error.message, error.type, error.details);
  if (error instanceof RateLimited)
    return ApplicationFailure.create({
      message: error.message,
      type: 'RateLimited',
      nextRetryDelay: Math.max(0, error.until.getTime() - Date.now()),
    });
  if (isDiskFull(error)) return asFailure(new CoppiceError('DiskFull', noSpaceFor(error.path)));
  return error;
}

/** The same activities, failing in the ways Temporal understands. */
export const asFailures = <A extends object>(activities: A): A =>
  mapActivities(activities, async (run) => {
    try {
      return await run();
    } catch (error) {
      throw asFailure(error);
    }
  });
