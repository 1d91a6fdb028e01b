import { expect, test } from 'vitest';
import { PullRequestSnapshot } from '../../../src/domain/pull-request/pull-request.ts';
import { stackOf, stackTable } from '../../../src/domain/pull-request/stack-table.ts';
import { PlannedIssue } from '../../../src/domain/run/plan.ts';
import type { SessionReport } from '../../../src/domain/session/reports.ts';

/** Issues by what they stand on. */
const planned = (after: Readonly<Record<number, number[]>>) =>
  Object.entries(after).map(([issue, below]) =>
    PlannedIssue.parse({ issue: Number(issue), after: below }),
  );

const session = (
  issue: number,
  pull?: 'open' | 'merged' | 'closed',
  status: SessionReport['status'] = 'complete',
): [number, SessionReport] => [
  issue,
  {
    ...{ issue, status, atWork: false, branch: `issue-${issue}` },
    pullRequest: pull
      ? PullRequestSnapshot.parse({
          ...{ number: 1_000 + issue, url: 'u', draft: false, headSha: 'a', base: 'main' },
          ...{ state: pull === 'open' ? 'open' : 'closed', merged: pull === 'merged' },
        })
      : null,
  },
];

test('a stack is what an issue stands on, itself, and what stands on it, from the bottom', () => {
  const issues = planned({ 5: [4], 4: [1], 1: [], 2: [1], 9: [] });
  const sessions = new Map([
    session(1, 'merged'),
    session(4, 'open'),
    session(2, undefined, 'working'),
  ]);
  expect(stackOf(4, issues, sessions)).toEqual([
    { issue: 1, after: [], pullRequest: 1_001, state: 'merged' },
    { issue: 4, after: [1], pullRequest: 1_004, state: 'open' },
    { issue: 5, after: [4], pullRequest: null, state: 'not started' },
  ]);
  expect(stackOf(1, issues, sessions).map(({ issue, state }) => [issue, state])).toEqual([
    [1, 'merged'],
    [2, 'in work'],
    [4, 'open'],
    [5, 'not started'],
  ]);
});

test('an issue that nothing stands on, and that stands on nothing, is in no stack', () => {
  expect(stackOf(9, planned({ 9: [], 1: [] }), new Map())).toEqual([]);
});

test('one that ended cancelled says so', () => {
  const sessions = new Map([session(1, 'closed', 'cancelled')]);
  expect(stackOf(2, planned({ 1: [], 2: [1] }), sessions)[0]?.state).toBe('cancelled');
});

test('of a stack a thousand deep the neighbours are shown', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, n) => [n + 1, n === 0 ? [] : [n]]),
  );
  const rows = stackOf(500, planned(chain), new Map());
  expect(rows.map(({ issue }) => issue)).toEqual(Array.from({ length: 41 }, (_, n) => 480 + n));
  expect(rows[0]?.after).toEqual([]);
});

test('a stack that is a chain is drawn as one, and any is a table', () => {
  const chain = stackOf(2, planned({ 1: [], 2: [1], 3: [2] }), new Map());
  expect(stackTable(chain, 2).split('\n')[0]).toBe('#1 ← **#2** ← #3');
  const tree = stackOf(1, planned({ 1: [], 2: [1], 3: [1] }), new Map([session(1, 'open')]));
  expect(stackTable(tree, 1).split('\n').slice(0, 3)).toEqual([
    '| issue | pull request | on top of | state |',
    '| --- | --- | --- | --- |',
    '| **#1** | #1001 |  | open |',
  ]);
});
