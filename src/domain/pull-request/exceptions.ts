import { type Checks, failedIn, namesOf, unfinishedIn } from './checks.ts';
import type { FeedbackState } from './feedback-state.ts';
import type { PullRequestSnapshot } from './pull-request.ts';

/** What is not as it should be with a pull request that is ready; empty when all is well. */
export function exceptionsOf(
  { checks }: PullRequestSnapshot,
  { examined }: FeedbackState,
  excused: readonly string[],
): string {
  const failed = failedIn(checks);
  return [
    failed.length > 0 && examined && examined.note !== ''
      ? examined.note
      : named('failed', namesOf(failed)),
    named('not passed', namesOf(unfinishedIn(checks))),
    named('to look at', namesOf(checks.notPassed.filter(({ result }) => result === 'other'))),
    named('all but', excused),
  ]
    .filter((note) => note !== '')
    .join('; ');
}

const named = (what: string, names: readonly string[]): string =>
  names.length === 0 ? '' : `${what}: ${names.join(', ').slice(0, 200)}`;

/** What a session does whose pull request is ready. */
export const waitsForReview = (
  { draft }: { readonly draft: boolean },
  exceptions: string,
): string =>
  [draft ? 'a person made it a draft again; waits' : 'waits for review', exceptions]
    .filter((text) => text !== '')
    .join('; ');

/** How a person is told that nothing is left to do but a review. Checks without a result are never passed over. */
export const readyTitle = (checks: Checks): string =>
  unfinishedIn(checks).length === 0
    ? 'is ready for review'
    : 'is ready for review, but not all checks passed';
