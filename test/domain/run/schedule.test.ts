import { describe, expect, test } from 'vitest';
import { NO_CHECKS } from '../../../src/domain/pull-request/checks.ts';
import type { PlannedOverlap } from '../../../src/domain/run/overlap.ts';
import type { PlannedIssue } from '../../../src/domain/run/plan.ts';
import {
  type Limits,
  type Schedule,
  startable,
  waitsOf,
  waitText,
} from '../../../src/domain/run/schedule.ts';
import type { SessionReport } from '../../../src/domain/session/reports.ts';
import type { SessionStatus } from '../../../src/domain/session/status.ts';

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
  startable({
    ...{ issues, stacking, sessions: sessions(known) },
    limits: { concurrency: 3, review: 5, ...limits },
  }).map(({ issue: { issue: number }, parent }) =>
    parent ? `${number} on ${parent.branch}` : number,
  );

/** The issues started with three free slots. */
const chosen = (schedule: Pick<Schedule, 'issues'> & Partial<Schedule>): number[] =>
  startable({
    ...{ sessions: new Map(), limits: { concurrency: 3, review: 5 }, stacking: 'stack' },
    ...schedule,
  }).map(({ issue: { issue: number } }) => number);

test('independent issues start in the plan’s order, as many as there are slots', () => {
  const issues = [issue(3), issue(1), issue(2), issue(4)];
  expect(started(issues, {})).toEqual([3, 1, 2]);
  expect(started(issues, { 3: 'working', 1: 'planning' })).toEqual([2]);
  expect(started(issues, { 3: 'working', 1: 'registered', 2: 'working' })).toEqual([]);
});

test('the issue with the longest chain of dependents starts first, unless a person reorders', () => {
  const issues = [issue(1), issue(2), issue(3, 2), issue(4, 3), issue(5), issue(6, 5)];
  expect(started(issues, {})).toEqual([2, 5, 1]);
  expect(chosen({ issues, first: [1, 5] })).toEqual([1, 5, 2]);
});

test('stuck, complete, merged and cancelled sessions take no slot', () => {
  const issues = [1, 2, 3, 4, 5].map((number) => issue(number));
  const known = { 1: 'stuck', 2: 'complete', 3: 'merged', 4: 'cancelled' } as const;
  expect(started(issues, known, { concurrency: 1 })).toEqual([5]);
});

test('nothing starts while the limit of pull requests that wait for review is reached', () => {
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

test('with after-merge, a dependent waits for the merge', () => {
  const issues = [issue(126), issue(127, 126)];
  expect(started(issues, { 126: 'complete' }, {}, 'after-merge')).toEqual([]);
  expect(started(issues, { 126: 'merged' }, {}, 'after-merge')).toEqual([127]);
});

test('an issue with several dependencies waits until at most one is unmerged', () => {
  const issues = [issue(1), issue(2), issue(3, 1, 2)];
  expect(started(issues, { 1: 'complete', 2: 'complete' })).toEqual([]);
  expect(started(issues, { 1: 'merged', 2: 'complete' })).toEqual(['3 on issue-2']);
});

test('a cancelled dependency is passed to the session, which asks about it', () => {
  const [start] = startable({
    ...{ issues: [issue(1), issue(2, 1)], sessions: sessions({ 1: 'cancelled' }) },
    ...{ limits: { concurrency: 1, review: 1 }, stacking: 'stack' },
  });
  expect(start).toMatchObject({ issue: { issue: 2 }, cancelled: [1] });
});

test('the reasons why an issue waits are listed', () => {
  const waits = waitsOf({ issues: [], sessions: sessions({ 1: 'complete', 2: 'merged' }) });
  expect(waitText(waits(issue(3, 1, 2)))).toBe('waits for #1');
  expect(waitText(waits(issue(3, 2)))).toBe('waits for a free slot');
});

test('among equal issues, the one that has been ready longest starts first, whatever its place in the plan', () => {
  const issues = [issue(1), issue(2), issue(3)];
  const since = new Map([
    [3, 0],
    [1, 1],
  ]);
  expect(chosen({ issues, since })).toEqual([3, 1, 2]);
});

describe('an overlap', () => {
  const overlap = (a: number, b: number, score: number, apart = false): PlannedOverlap => ({
    ...{ issues: [a, b], score, apart, files: ['src/auth.js'] },
  });
  const three = [1, 2, 3].map((number) => issue(number));

  test('decides what starts next: the issue that overlaps least with open sessions, whatever waits for it', () => {
    const issues = [...three, issue(4), issue(5, 2)];
    const overlaps = [overlap(1, 2, 0.5), overlap(1, 3, 0.2)];
    const open = { limits: { concurrency: 3, review: 5 }, overlaps, issues };
    expect(chosen({ ...open, sessions: sessions({ 1: 'working' }) })).toEqual([4, 3]);
    expect(chosen({ ...open, sessions: sessions({ 1: 'complete' }) })).toEqual([4, 3, 2]);
    expect(chosen({ ...open, sessions: sessions({ 1: 'merged' }) })).toEqual([2, 3, 4]);
  });

  test('also counts among issues that start together', () => {
    const overlaps = [overlap(1, 2, 0.5)];
    const limits = { concurrency: 2, review: 5 };
    expect(chosen({ issues: three, overlaps, limits })).toEqual([1, 3]);
  });

  test('also counts when it is too slight to be reported, whichever issue lists it', () => {
    const issues = [{ ...issue(1), slightOverlaps: { 2: 0.1, 3: 0.05 } }, issue(2), issue(3)];
    const limits = { concurrency: 2, review: 5 };
    expect(chosen({ issues, limits })).toEqual([1, 3]);
    expect(chosen({ issues, limits, sessions: sessions({ 2: 'working' }) })).toEqual([3]);
    // What is told of counts instead.
    const overlaps = [overlap(1, 3, 0.2)];
    expect(chosen({ issues, limits, overlaps })).toEqual([1, 2]);
  });

  test('never stops an issue when there is no better one', () => {
    expect(chosen({ issues: three, overlaps: [overlap(1, 2, 0.5)] })).toEqual([1, 3, 2]);
  });

  test('that is strong keeps two issues from being worked on at the same time, in either order', () => {
    const overlaps = [overlap(1, 2, 0.8, true)];
    expect(chosen({ issues: three, overlaps })).toEqual([1, 3]);
    const waiting = (known: Parameters<typeof sessions>[0], first: number[] = []) => {
      const plan = { issues: three, overlaps, first, sessions: sessions(known) };
      return { starts: chosen(plan), waits: waitText(waitsOf(plan)(issue(1))) };
    };
    expect(waiting({ 2: 'working' })).toEqual({
      starts: [3],
      waits: 'waits while #2 probably changes src/auth.js',
    });
    // A pull request may wait for its review for days.
    expect(waiting({ 2: 'complete' }).starts).toEqual([3, 1]);
    expect(waiting({ 2: 'stuck' }).starts).toEqual([3, 1]);
    expect(waiting({ 2: 'working' }, [1])).toEqual({
      starts: [1, 3],
      waits: 'waits for a free slot',
    });
  });

  describe('when it is known what a session changed', () => {
    const files = { 'src/auth.js': 0.7, 'docs/auth.md': 0.3 };
    const issues = [{ ...issue(1), files }, issue(2), { ...issue(3, 2), files }];
    const working = (changes: string[]) =>
      new Map(
        [...sessions({ 2: 'working' })].map(([number, report]) => [number, { ...report, changes }]),
      );

    test('is what both have in common, and not what was predicted', () => {
      const plan = { issues, overlaps: [overlap(1, 2, 0.8, true)] };
      expect(chosen({ ...plan, sessions: working(['src/billing.js']) })).toEqual([1]);
      expect(chosen({ ...plan, sessions: working(['docs/auth.md']) })).toEqual([1]);
      const known = { ...plan, sessions: working(['x', 'src/auth.js']) };
      expect(chosen(known)).toEqual([]);
      expect(waitText(waitsOf(known)(issues[0] ?? issue(0)))).toBe(
        'waits while #2 changes src/auth.js',
      );
    });

    test('does not change when a person set it without naming files', () => {
      const said = { issues: [1, 2] as [number, number], score: 1, apart: true, files: [] };
      const plan = { issues, overlaps: [said] };
      expect(chosen({ ...plan, sessions: working(['src/billing.js']) })).toEqual([]);
    });

    test('is no reason to wait for an issue that comes before in any case', () => {
      const report = sessions({ 2: 'complete' }).get(2);
      if (!report) throw new Error('no report');
      const again = { ...report, status: 'working' as const, atWork: true };
      const known = new Map([[2, { ...again, changes: ['src/auth.js'] }]]);
      expect(chosen({ issues: issues.slice(1), sessions: known })).toEqual([3]);
    });
  });
});
