import type { Patience } from '../../../domain/pull-request/review.ts';
import type { SessionSettings } from '../../../domain/settings/policy.ts';

/** The waiting times for a session's pull request, and the present time. */
export const patienceOf = ({ pullRequests }: SessionSettings): Patience => ({
  now: Date.now(),
  limit: pullRequests.standBack,
  settle: pullRequests.settle,
  pendingLimit: pullRequests.pendingLimit,
  personChecks: pullRequests.personChecks,
});
