import { expect, test } from 'vitest';
import { type PlannedIssue, planProblems } from '../../../src/domain/run/plan.ts';

const issue = (number: number, ...after: number[]): PlannedIssue => ({ issue: number, after });

test('a plan whose dependencies can be followed has no problems', () => {
  expect(planProblems([issue(127, 126), issue(126), issue(128, 126, 127)])).toEqual([]);
});

test('all problems are reported together', () => {
  expect(planProblems([issue(1, 1), issue(2, 9), issue(3, 4), issue(4, 3), issue(2)])).toEqual([
    '#2 is in the plan twice',
    '#1 depends on itself',
    '#2 depends on #9, which is not in the plan',
    'dependencies go in a circle: #3 → #4 → #3',
  ]);
});

test('a long chain is valid, and a circle at its end is found', () => {
  const chain = Array.from({ length: 5_000 }, (_, index) => issue(index + 1, index + 2));
  expect(planProblems([...chain, issue(5_001)])).toEqual([]);
  expect(planProblems([...chain, issue(5_001, 5_000)])).toEqual([
    'dependencies go in a circle: #5000 → #5001 → #5000',
  ]);
});
