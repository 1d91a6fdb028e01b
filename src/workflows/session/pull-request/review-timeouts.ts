import type { ReviewTimeouts } from '../../../domain/pull-request/review.ts';
import type { SessionSettings } from '../../../domain/settings/policy.ts';

/** How long a session waits for what concerns its pull request, from now. */
export const reviewTimeouts = ({ pullRequests }: SessionSettings): ReviewTimeouts => ({
  now: Date.now(),
  limit: pullRequests.yieldTo,
  settle: pullRequests.settle,
  pendingLimit: pullRequests.pendingLimit,
  personChecks: pullRequests.personChecks,
});
