import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { FAILURES, isFailureType } from '../domain/failure.ts';
import { MAX_CONTEXT, type StuckContext } from '../domain/turn.ts';
import type { Session } from './session.ts';

/**
 * Takes a step that may fail for good. A failure a person can settle makes the session stuck with the reason, and any
 * guidance means: try again. Rejections and cancellations go on up.
 */
export async function settle<T>(
  session: Session,
  activity: string,
  step: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      await session.consult(question(error));
      await session.become('working', activity);
    }
  }
}

/** What to ask about a failed step. @throws the error itself when no person can settle it */
export function question(error: unknown): StuckContext {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
  const cause = error.cause;
  if (cause instanceof ApplicationFailure && isRejection(cause.type)) throw cause;
  const details = cause instanceof ApplicationFailure ? (cause.details?.[0] ?? '') : '';
  return {
    decision: cause?.message ?? error.message,
    options: ['mend it and guide the session to try again', 'cancel the session'],
    context: typeof details === 'string' ? details.slice(0, MAX_CONTEXT) : '',
  };
}

/** The type of an activity's failure, if it has one. */
export const typeOf = (error: unknown): string | undefined =>
  error instanceof ActivityFailure && error.cause instanceof ApplicationFailure
    ? (error.cause.type ?? undefined)
    : undefined;

const isRejection = (type: string | null | undefined): boolean =>
  isFailureType(type) && FAILURES[type] === 'reject';
