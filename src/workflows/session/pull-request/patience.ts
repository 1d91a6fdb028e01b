import type { Patience } from '../../../domain/pull-request/review.ts';
import type { SessionSettings } from '../../../domain/settings/policy.ts';

/** How long a session waits for what concerns its pull request, from now. */
export const patienceOf = ({ pullRequests }: SessionSettings): Patience => ({
  now: Date.now(),
  limit: pullRequests.standBack,
  settle: pullRequests.settle,
  pendingLimit: pullRequests.pendingLimit,
  personChecks: pullRequests.personChecks,
});
