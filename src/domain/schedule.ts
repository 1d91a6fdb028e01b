import type { PlannedIssue } from './plan.ts';
import type { Policy } from './policy.ts';
import { hasEnded, isAtWork, type SessionReport, type Underlay } from './session.ts';

export interface Limits {
  /** Sessions with an agent at work. */
  readonly workers: number;
  /** Pull requests waiting for a person's review. */
  readonly review: number;
}

/** What may start now, and on what: nothing below it, or its one dependency that is not merged yet. */
export interface Start {
  readonly issue: PlannedIssue;
  readonly onTopOf?: Underlay;
  /** Dependencies that ended cancelled: the session must ask before it begins. */
  readonly cancelled: readonly number[];
}

/**
 * The sessions to start now, in order, given what is known of those started before (`sessions`, by issue).
 * An issue starts when each dependency is merged, cancelled, or, with policy `stack`, at most one has an open pull request.
 */
export function startable(
  issues: readonly PlannedIssue[],
  sessions: ReadonlyMap<number, SessionReport>,
  limits: Limits,
  stacking: Policy['stacking'],
): Start[] {
  const started = [...sessions.values()];
  const atWork = started.filter((session) => !hasEnded(session) && isAtWork(session.status)).length;
  const waiting = started.filter(isWaitingForReview).length;
  if (waiting >= limits.review) return [];
  return issues
    .filter(({ issue }) => !sessions.has(issue))
    .flatMap((issue) => start(issue, sessions, stacking) ?? [])
    .slice(0, Math.max(0, limits.workers - atWork));
}

const isWaitingForReview = (session: SessionReport): boolean =>
  session.status === 'complete' && !hasEnded(session);

function start(
  issue: PlannedIssue,
  sessions: ReadonlyMap<number, SessionReport>,
  stacking: Policy['stacking'],
): Start | undefined {
  const unmerged: Underlay[] = [];
  const cancelled: number[] = [];
  for (const number of issue.after) {
    const dependency = sessions.get(number);
    if (dependency?.pullRequest?.merged) continue;
    if (dependency?.status === 'cancelled') {
      cancelled.push(number);
      continue;
    }
    const pullRequest = dependency?.pullRequest;
    if (stacking === 'after-merge' || !dependency || pullRequest?.state !== 'open')
      return undefined;
    unmerged.push({ issue: number, branch: dependency.branch, pullRequestUrl: pullRequest.url });
  }
  if (unmerged.length > 1) return undefined;
  return { issue, cancelled, ...(unmerged[0] && { onTopOf: unmerged[0] }) };
}

/** What an issue that has not started waits for, in words. */
export function waitingFor(
  issue: PlannedIssue,
  sessions: ReadonlyMap<number, SessionReport>,
): string {
  const unmerged = issue.after.filter((number) => {
    const dependency = sessions.get(number);
    return !dependency || !hasEnded(dependency);
  });
  return unmerged.length > 0 ? unmerged.map((number) => `#${number}`).join(', ') : 'a free slot';
}
