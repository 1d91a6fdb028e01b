import {
  ActivityFailure,
  ApplicationFailure,
  ContinueAsNew,
  isCancellation,
  log,
} from '@temporalio/workflow';
import { CANCEL } from '../../domain/session/options.ts';
import { MAX_CONTEXT, type QuestionInput } from '../../domain/session/turn.ts';
import { ContinueAsNewDue } from './continue-as-new.ts';
import { PullRequestEnded } from './pull-request-ended.ts';
import type { Session } from './session.ts';

/**
 * Runs a step that may fail finally. A failure makes the session stuck with the reason, and any guidance
 * tries the step again.
 */
export async function askOnFailure<T>(
  session: Session,
  activity: string,
  step: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      await session.askOperator(questionAboutFailure(error));
      session.setActivity(activity);
    }
  }
}

/**
 * The question about a failed step. An error that is not an activity's failure is a fault of Coppice. The
 * session asks about that too, because Temporal would retry such a workflow task for ever.
 * @throws the error itself when it is not a failure, but a cancellation, the end of the pull request, or
 *   continue-as-new
 */
export function questionAboutFailure(error: unknown): QuestionInput & { readonly context: string } {
  const isLeaving = error instanceof ContinueAsNew || error instanceof ContinueAsNewDue;
  if (isCancellation(error) || error instanceof PullRequestEnded || isLeaving) throw error;
  const options = [
    { label: 'repair it, then let the session try again', effect: 'retry' },
    CANCEL,
  ] as const;
  if (!(error instanceof ActivityFailure)) {
    log.error('a step failed in a way that Coppice does not know', { error });
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return {
      decision: `Coppice has a fault: ${text.slice(0, MAX_CONTEXT)}`,
      options: [...options],
      context: 'Please report it.',
      asksFor: 'retry',
    };
  }
  const { cause } = error;
  const details = cause instanceof ApplicationFailure ? (cause.details?.[0] ?? '') : '';
  return {
    decision: cause?.message ?? error.message,
    options: [...options],
    asksFor: 'retry',
    context: typeof details === 'string' ? details.slice(0, MAX_CONTEXT) : '',
  };
}

/** The type of an activity's failure, if it has one. */
export const failureType = (error: unknown): string | undefined =>
  error instanceof ActivityFailure && error.cause instanceof ApplicationFailure
    ? (error.cause.type ?? undefined)
    : undefined;
