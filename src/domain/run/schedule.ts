import { hasEnded, hasMerged, type ParentBranch, type SessionReport } from '../session/session.ts';
import type { Policy } from '../settings/policy.ts';
import type { PlannedIssue } from './plan.ts';

export interface Limits {
  /** Sessions with an agent at work. */
  readonly concurrency: number;
  /** Pull requests waiting for a person's review. */
  readonly review: number;
}

/** What may start now, and on what: nothing below it, or its one dependency that is not merged yet. */
export interface Start {
  readonly issue: PlannedIssue;
  readonly parent?: ParentBranch;
  /** Dependencies that ended cancelled: the session must ask before it begins. */
  readonly cancelled: readonly number[];
}

/**
 * The sessions to start now, in order, given what is known of those started before (`sessions`, by issue).
 * An issue starts when each dependency is merged, cancelled, or, with policy `stack`, at most one has an open pull request.
 * Those in `first` come first, in its order; then those with the longest chain of dependents behind them; then those that
 * have been ready longest, by `since`; then the plan's order.
 */
export function startable(
  issues: readonly PlannedIssue[],
  sessions: ReadonlyMap<number, SessionReport>,
  limits: Limits,
  stacking: Policy['stacking'],
  first: readonly number[] = [],
  since: ReadonlyMap<number, number> = new Map(),
): Start[] {
  const free = freeSlots(sessions, limits);
  if (free === 0) return [];
  const ready = readyToStart(issues, sessions, stacking);
  const behind = chainsBehind(issues);
  const age = (issue: number) => since.get(issue) ?? since.size;
  const rank = (issue: number) => (first.includes(issue) ? first.indexOf(issue) : first.length);
  return ready
    .sort(
      ({ issue: { issue: a } }, { issue: { issue: b } }) =>
        rank(a) - rank(b) || (behind.get(b) ?? 0) - (behind.get(a) ?? 0) || age(a) - age(b),
    )
    .slice(0, free);
}

/** What could start if there were slots for all, in the plan's order. */
export const readyToStart = (
  issues: readonly PlannedIssue[],
  sessions: ReadonlyMap<number, SessionReport>,
  stacking: Policy['stacking'],
): Start[] =>
  issues
    .filter(({ issue }) => !sessions.has(issue))
    .flatMap((issue) => start(issue, sessions, stacking) ?? []);

function freeSlots(sessions: ReadonlyMap<number, SessionReport>, limits: Limits): number {
  const open = [...sessions.values()].filter((session) => !hasEnded(session));
  if (open.filter(isWaitingForReview).length >= limits.review) return 0;
  return Math.max(0, limits.concurrency - open.filter(({ atWork }) => atWork).length);
}

/** For each issue the longest chain of issues that wait for it, directly or not. The plan has no cycle. */
function chainsBehind(issues: readonly PlannedIssue[]): ReadonlyMap<number, number> {
  const unresolved = new Map(issues.map(({ issue }) => [issue, 0]));
  for (const { after } of issues)
    for (const dependency of after)
      unresolved.set(dependency, (unresolved.get(dependency) ?? 0) + 1);
  const byIssue = new Map(issues.map((entry) => [entry.issue, entry]));
  const length = new Map<number, number>();
  // From those nobody waits for, downwards.
  const settled = issues.map(({ issue }) => issue).filter((issue) => unresolved.get(issue) === 0);
  for (const issue of settled) {
    const chain = length.get(issue) ?? 0;
    for (const dependency of byIssue.get(issue)?.after ?? []) {
      length.set(dependency, Math.max(length.get(dependency) ?? 0, chain + 1));
      const left = (unresolved.get(dependency) ?? 0) - 1;
      unresolved.set(dependency, left);
      if (left === 0) settled.push(dependency);
    }
  }
  return length;
}

const isWaitingForReview = ({ status }: SessionReport): boolean => status === 'complete';

function start(
  issue: PlannedIssue,
  sessions: ReadonlyMap<number, SessionReport>,
  stacking: Policy['stacking'],
): Start | undefined {
  const unmerged: ParentBranch[] = [];
  const cancelled: number[] = [];
  for (const number of issue.after) {
    const dependency = sessions.get(number);
    if (dependency && hasMerged(dependency)) continue;
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
  return { issue, cancelled, ...(unmerged[0] && { parent: unmerged[0] }) };
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
