import { hasEnded, hasMerged, type SessionReport } from '../session/reports.ts';
import type { ParentBranch } from '../session/session.ts';
import type { Policy } from '../settings/policy.ts';
import { depths, graphOf, reversed } from '../shared/graph.ts';
import { Collisions, collisionText, keptApartBy, type PlannedOverlap } from './overlap.ts';
import type { PlannedIssue } from './plan.ts';

export interface Limits {
  /** Sessions with an agent at work. */
  readonly concurrency: number;
  /** Pull requests waiting for a person's review. */
  readonly review: number;
}

/** What may start now, and on what: nothing below it, or its one dependency that is not merged yet. */
export interface StartableIssue {
  readonly issue: PlannedIssue;
  readonly parent?: ParentBranch;
  /** Dependencies that ended cancelled: the session must ask before it begins. */
  readonly cancelled: readonly number[];
}

/** A run as far as it decides what starts next. */
export interface Schedule {
  readonly issues: readonly PlannedIssue[];
  /** What is known of the sessions started before, by issue. */
  readonly sessions: ReadonlyMap<number, SessionReport>;
  readonly limits: Limits;
  readonly stacking: Policy['stacking'];
  readonly overlaps?: readonly PlannedOverlap[] | undefined;
  /** Issues that a person put first. */
  readonly first?: readonly number[];
  /** When issues became ready: the lower, the longer ago. */
  readonly since?: ReadonlyMap<number, number>;
}

/**
 * The sessions to start now, in order.
 * An issue starts when each dependency is merged, cancelled, or, with policy `stack`, at most one has an open pull request.
 * Those in `first` come first, in its order, whatever they overlap with. No other one starts while a session at work
 * changes the same files, as far as that is sure. Then come those that overlap least with open sessions; those with the
 * longest chain of dependents behind them; those that have been ready longest; and the plan's order.
 */
export function startable(schedule: Schedule): StartableIssue[] {
  const { issues, sessions, limits, stacking, overlaps = [], first = [] } = schedule;
  const { since = new Map<number, number>() } = schedule;
  const free = freeSlots(sessions, limits);
  if (free === 0) return [];
  const collisions = new Collisions(issues, overlaps, sessions);
  // For each issue, the longest chain of issues that wait for it.
  const behind = depths(reversed(graphOf(issues)));
  const waiting = readyToStart(issues, sessions, stacking).map((start): Candidate => {
    const { issue } = start.issue;
    const found = collisions.withOpen(start.issue);
    const place = first.indexOf(issue);
    return {
      start,
      rank: place === -1 ? first.length : place,
      apart: keptApartBy(found, sessions) !== undefined,
      overlap: found.reduce((sum, { score }) => sum + score, 0),
      behind: behind.get(issue) ?? 0,
      age: since.get(issue) ?? since.size,
    };
  });
  const chosen: StartableIssue[] = [];
  while (chosen.length < free) {
    const next = waiting
      .filter(({ apart, rank }) => !apart || rank < first.length)
      .reduce<Candidate | undefined>(
        (best, one) => (best && before(best, one) ? best : one),
        undefined,
      );
    if (!next) break;
    chosen.push(next.start);
    waiting.splice(waiting.indexOf(next), 1);
    for (const other of waiting) {
      const collision = collisions.between(other.start.issue, next.start.issue.issue);
      other.overlap += collision?.score ?? 0;
      other.apart ||= collision?.apart === true;
    }
  }
  return chosen;
}

interface Candidate {
  readonly start: StartableIssue;
  readonly rank: number;
  /** Whether a session at work, or about to start, changes the same files. */
  apart: boolean;
  /** Of all open sessions together. */
  overlap: number;
  readonly behind: number;
  readonly age: number;
}

/** Whether one goes before another that stands behind it in the plan. */
const before = (a: Candidate, b: Candidate): boolean =>
  (a.rank - b.rank || a.overlap - b.overlap || b.behind - a.behind || a.age - b.age) <= 0;

/** What could start if there were slots for all, in the plan's order. */
export const readyToStart = (
  issues: readonly PlannedIssue[],
  sessions: ReadonlyMap<number, SessionReport>,
  stacking: Policy['stacking'],
): StartableIssue[] =>
  issues
    .filter(({ issue }) => !sessions.has(issue))
    .flatMap((issue) => start(issue, sessions, stacking) ?? []);

function freeSlots(sessions: ReadonlyMap<number, SessionReport>, limits: Limits): number {
  const open = [...sessions.values()].filter((session) => !hasEnded(session));
  if (open.filter(isWaitingForReview).length >= limits.review) return 0;
  return Math.max(0, limits.concurrency - open.filter(({ atWork }) => atWork).length);
}

const isWaitingForReview = ({ status }: SessionReport): boolean => status === 'complete';

function start(
  issue: PlannedIssue,
  sessions: ReadonlyMap<number, SessionReport>,
  stacking: Policy['stacking'],
): StartableIssue | undefined {
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

/** What an issue that has not started waits for, in words: `#126`, or `a free slot`. */
export interface Waiting {
  readonly waitingFor: string;
  /** Set when another's work keeps it from starting: `#126 changes src/auth/service.js`. */
  readonly waitsWhile?: string | undefined;
}

/** Tells of each issue that has not started what it waits for. */
export function waitsOf({
  issues,
  sessions,
  overlaps = [],
  first = [],
}: Pick<Schedule, 'issues' | 'sessions' | 'overlaps' | 'first'>): (issue: PlannedIssue) => Waiting {
  const collisions = new Collisions(issues, overlaps, sessions);
  return (entry) => {
    const unmerged = entry.after.filter((number) => {
      const dependency = sessions.get(number);
      return !dependency || !hasEnded(dependency);
    });
    if (unmerged.length > 0)
      return { waitingFor: unmerged.map((number) => `#${number}`).join(', ') };
    const collision = first.includes(entry.issue)
      ? undefined
      : keptApartBy(collisions.withOpen(entry), sessions);
    return collision
      ? { waitingFor: `#${collision.issue}`, waitsWhile: collisionText(collision) }
      : { waitingFor: 'a free slot' };
  };
}

/** `waits for #126`, `waits while #126 changes src/auth/service.js` */
export const waitText = ({ waitingFor, waitsWhile }: Waiting): string =>
  waitsWhile === undefined ? `waits for ${waitingFor}` : `waits while ${waitsWhile}`;
