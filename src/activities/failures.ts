import { ApplicationFailure } from '@temporalio/common';
import { CoppiceError } from '../domain/failure.ts';

/** The same activities, with every `CoppiceError` turned into a failure that Temporal does not retry. */
export function asFailures<A extends object>(activities: A): A {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (...args: unknown[]) => {
        try {
          return await activity(...args);
        } catch (error) {
          throw error instanceof CoppiceError
            ? ApplicationFailure.nonRetryable(error.message, error.type, error.details)
            : error;
        }
      },
    ]),
  ) as A;
}
