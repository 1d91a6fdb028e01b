import type { ReviewTimeouts } from '../../../domain/pull-request/review.ts';
import type { SessionSettings } from '../../../domain/settings/session-settings.ts';

/** The waiting times for a session's pull request, and the present time. */
export const reviewTimeouts = ({ pullRequests }: SessionSettings): ReviewTimeouts => ({
  now: Date.now(),
  limit: pullRequests.yieldTo,
  settle: pullRequests.settle,
  pendingLimit: pullRequests.pendingLimit,
  personChecks: pullRequests.personChecks,
});
