import type { Base } from '../session/session.ts';
import type { Policy } from '../settings/policy.ts';
import type { PullRequestSnapshot } from './pull-request.ts';

/**
 * Why an open pull request is to be moved onto what its base is now, in words; undefined when it is not. That its base has
 * moved is no reason by itself, unless the policy says so: each move costs a run of every check.
 */
export function reasonToUpdateBranch(
  policy: Policy['updateBranch'],
  pull: PullRequestSnapshot,
  base: Base,
): string | undefined {
  if (pull.state !== 'open' || pull.base !== base.branch) return undefined;
  if (pull.mergeable === 'conflicting') return `moves onto ${pull.base}, with which it conflicts`;
  const isBehind = pull.baseSha !== undefined && pull.baseSha !== base.tip;
  if (!isBehind || policy === 'conflict') return undefined;
  if (policy === 'approved' && !pull.approved) return undefined;
  return `moves onto ${pull.base}, which has moved`;
}

/** What an attempt is known by, so that it is made once: what it was made for has not changed since. */
export const branchUpdateKey = (pull: PullRequestSnapshot): string =>
  [pull.headSha, pull.baseSha, pull.mergeable].join(' ');
