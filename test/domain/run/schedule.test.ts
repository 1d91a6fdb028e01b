import { expect, test } from 'vitest';
import { NO_CHECKS } from '../../../src/domain/pull-request/checks.ts';
import type { PlannedIssue } from '../../../src/domain/run/plan.ts';
import { type Limits, startable, waitingFor } from '../../../src/domain/run/schedule.ts';
import type { SessionReport, SessionStatus } from '../../../src/domain/session/session.ts';

const issue = (number: number, ...after: number[]): PlannedIssue => ({ issue: number, after });

function sessions(
  entries: Record<number, SessionStatus | 'merged'>,
): ReadonlyMap<number, SessionReport> {
  return new Map(
    Object.entries(entries).map(([key, status]) => {
      const number = Number(key);
      const merged = status === 'merged';
      const pullRequest =
        merged || status === 'complete'
          ? {
              number: 1_000 + number,
              url: `https://github.test/pull/${1_000 + number}`,
              state: merged ? ('closed' as const) : ('open' as const),
              merged,
              draft: false,
              headSha: 'head',
              mergeable: 'unknown' as const,
              checks: NO_CHECKS,
              base: 'main',
            }
          : null;
      const report: SessionReport = {
        issue: number,
        status: merged ? 'complete' : status,
        atWork: status === 'working' || status === 'planning' || status === 'registered',
        branch: `issue-${number}`,
        pullRequest,
      };
      return [number, report];
    }),
  );
}

const started = (
  issues: PlannedIssue[],
  known: Record<number, SessionStatus | 'merged'>,
  limits: Partial<Limits> = {},
  stacking: 'stack' | 'after-merge' = 'stack',
) =>
  startable(issues, sessions(known), { concurrency: 3, review: 5, ...limits }, stacking).map(
    ({ issue: { issue: number }, parent }) => (parent ? `${number} on ${parent.branch}` : number),
  );

test('independent issues start in the plan’s order, as many as there are slots', () => {
  const issues = [issue(3), issue(1), issue(2), issue(4)];
  expect(started(issues, {})).toEqual([3, 1, 2]);
  expect(started(issues, { 3: 'working', 1: 'planning' })).toEqual([2]);
  expect(started(issues, { 3: 'working', 1: 'registered', 2: 'working' })).toEqual([]);
});

test('the longest chain of dependents goes first, unless a person says otherwise', () => {
  const issues = [issue(1), issue(2), issue(3, 2), issue(4, 3), issue(5), issue(6, 5)];
  expect(started(issues, {})).toEqual([2, 5, 1]);
  const chosen = startable(issues, new Map(), { concurrency: 3, review: 5 }, 'stack', [1, 5]);
  expect(chosen.map((start) => start.issue.issue)).toEqual([1, 5, 2]);
});

test('stuck, complete, merged and cancelled sessions hold no slot', () => {
  const issues = [1, 2, 3, 4, 5].map((number) => issue(number));
  const known = { 1: 'stuck', 2: 'complete', 3: 'merged', 4: 'cancelled' } as const;
  expect(started(issues, known, { concurrency: 1 })).toEqual([5]);
});

test('nothing starts while as many pull requests wait for review as a person can take', () => {
  const issues = [issue(1), issue(2), issue(3)];
  expect(started(issues, { 1: 'complete', 2: 'complete' }, { review: 2 })).toEqual([]);
  expect(started(issues, { 1: 'complete', 2: 'merged' }, { review: 2 })).toEqual([3]);
});

test('a dependent starts on top of its dependency’s open pull request', () => {
  const issues = [issue(126), issue(127, 126)];
  expect(started(issues, {})).toEqual([126]);
  expect(started(issues, { 126: 'working' })).toEqual([]);
  expect(started(issues, { 126: 'complete' })).toEqual(['127 on issue-126']);
  expect(started(issues, { 126: 'merged' })).toEqual([127]);
});

test('after-merge waits for the merge', () => {
  const issues = [issue(126), issue(127, 126)];
  expect(started(issues, { 126: 'complete' }, {}, 'after-merge')).toEqual([]);
  expect(started(issues, { 126: 'merged' }, {}, 'after-merge')).toEqual([127]);
});

test('with several dependencies it waits until at most one is unmerged', () => {
  const issues = [issue(1), issue(2), issue(3, 1, 2)];
  expect(started(issues, { 1: 'complete', 2: 'complete' })).toEqual([]);
  expect(started(issues, { 1: 'merged', 2: 'complete' })).toEqual(['3 on issue-2']);
});

test('a cancelled dependency is passed on, to be asked about', () => {
  const [start] = startable(
    [issue(1), issue(2, 1)],
    sessions({ 1: 'cancelled' }),
    { concurrency: 1, review: 1 },
    'stack',
  );
  expect(start).toMatchObject({ issue: { issue: 2 }, cancelled: [1] });
});

test('what an issue waits for is named', () => {
  const known = sessions({ 1: 'complete', 2: 'merged' });
  expect(waitingFor(issue(3, 1, 2), known)).toBe('#1');
  expect(waitingFor(issue(3, 2), known)).toBe('a free slot');
});

test('of equals the one that has been ready longest starts first, whatever its place in the plan', () => {
  const issues = [issue(1), issue(2), issue(3)];
  const since = new Map([
    [3, 0],
    [1, 1],
  ]);
  const chosen = startable(issues, new Map(), { concurrency: 3, review: 5 }, 'stack', [], since);
  expect(chosen.map((start) => start.issue.issue)).toEqual([3, 1, 2]);
});
