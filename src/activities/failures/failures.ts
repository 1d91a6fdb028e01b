import { Context } from '@temporalio/activity';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { CoppiceError, TransientError } from '../../domain/shared/failure.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { RateLimited } from '../../github/api/errors.ts';
import { mapActivities } from '../map.ts';
import { isDiskFull, noSpaceFor } from './disk.ts';
import { isNetworkError } from './network.ts';
import { RepeatedFailures } from './repeated-failures.ts';

const final = ({ message, type, details }: CoppiceError): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, type, details);

/**
 * Turns an activity's error into a Temporal failure.
 * - A `CoppiceError` is for a person: it is final, and the session asks.
 * - A `TransientError` is retried for ever.
 * - Any other error is an error of this machine or of Coppice. It is retried, and becomes final when it stays
 * the same.
 */
function asFailure(error: unknown, repeats: RepeatedFailures): unknown {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof RateLimited)
    return ApplicationFailure.create({
      message: error.message,
      type: 'RateLimited',
      nextRetryDelay: Math.max(0, error.until.getTime() - Date.now()),
    });
  if (error instanceof TransientError || isNetworkError(error)) return error;
  if (isDiskFull(error)) return final(new CoppiceError('DiskFull', noSpaceFor(error.path)));
  if (error instanceof CoppiceError && !error.mayPass) return final(error);
  const { cancellationSignal } = Context.current();
  // A cancelled activity may fail with any error.
  if (cancellationSignal.aborted) return error;
  const times = repeats.note(activityKey(), error instanceof Error ? error.message : String(error));
  if (times === undefined) return error;
  return final(error instanceof CoppiceError ? error : localFailure(error, times));
}

function localFailure(error: unknown, times: number): CoppiceError {
  const text = oneLine(error instanceof Error ? error.message || error.name : String(error), 1_000);
  return new CoppiceError(
    'LocalFailure',
    `this step keeps failing on this machine: ${text}`,
    `It was tried ${times} times.`,
  );
}

/** A key that is the same for all attempts of an activity. */
function activityKey(): string {
  const { workflowExecution, activityId } = Context.current().info;
  return `${workflowExecution?.runId} ${activityId}`;
}

/** Wraps activities so that their errors become Temporal failures. */
export const asFailures = <A extends object>(activities: A): A => {
  const repeats = new RepeatedFailures();
  return mapActivities(activities, async (run) => {
    try {
      const result = await run();
      repeats.forget(activityKey());
      return result;
    } catch (error) {
      throw asFailure(error, repeats);
    }
  });
};
