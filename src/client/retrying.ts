import type { Client } from '@temporalio/client';
import type { Retrying } from '../domain/session/session.ts';
import { oneLine } from '../domain/shared/text.ts';

type Description = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>;
export type PendingActivity = NonNullable<Description['raw']['pendingActivities']>[number];

/** Best-effort activities: no session waits for them. */
const MIRRORS = new Set(['recordStatus', 'describe', 'react', 'askOnIssue']);

/** The longest text of a failure that is shown, in characters. */
const FAILURE = 300;

export const nameOf = ({ activityType }: PendingActivity): string => activityType?.name ?? '';

/** The activity of a session that has failed most often and is tried again, if there is one. */
export function retryingIn(pending: readonly PendingActivity[]): Retrying | undefined {
  const [worst] = pending
    .filter((activity) => activity.lastFailure && !MIRRORS.has(nameOf(activity)))
    .sort((a, b) => (b.attempt ?? 0) - (a.attempt ?? 0));
  if (!worst?.lastFailure) return undefined;
  const { message, timeoutFailureInfo } = worst.lastFailure;
  return {
    activity: nameOf(worst),
    attempt: worst.attempt ?? 1,
    failure: oneLine((timeoutFailureInfo ? TIMED_OUT : message) ?? '', FAILURE),
    nextTry: dateOf(worst.nextAttemptScheduleTime)?.toISOString() ?? null,
  };
}

/** Temporal says `activity Heartbeat timeout`. */
const TIMED_OUT = 'it took too long, or its worker was lost';

function dateOf(time: PendingActivity['nextAttemptScheduleTime']): Date | undefined {
  const milliseconds = Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6);
  return milliseconds > 0 ? new Date(milliseconds) : undefined;
}
