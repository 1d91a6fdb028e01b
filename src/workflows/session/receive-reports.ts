import { latest, type PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import { keepLatest, MOST } from '../../domain/session/bounds.ts';
import type { DependencyNotice } from '../../domain/session/reports.ts';
import type { SessionState } from '../../domain/session/state.ts';

/** Handlers of what the watcher and the run report. `handlers.ts` says which message calls which. */

export function receivePullRequest(state: SessionState, news: PullRequestSnapshot): void {
  if (news.number !== state.publication.replaced)
    state.pullRequest = latest(state.pullRequest, news);
}

/**
 * Stores a notice about a dependency. A notice that a branch moved is replaced by a later one; a notice of an
 * end is not.
 */
export function receiveDependencyNotice(
  { pendingNotices: pending }: SessionState,
  news: DependencyNotice,
): void {
  const overtaken = pending.findIndex(
    ({ issue, event }) => issue === news.issue && event === 'moved',
  );
  if (overtaken >= 0) pending.splice(overtaken, 1);
  pending.push(news);
  keepLatest(pending, MOST.news);
}
