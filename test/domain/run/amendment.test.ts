import { expect, test } from 'vitest';
import { addProblem, dropProblem, reorderProblem } from '../../../src/domain/run/amendment.ts';

const issues = [
  { issue: 1, after: [] },
  { issue: 2, after: [1] },
  { issue: 3, after: [] },
];
const started = (issue: number): boolean => issue === 3;

test.each([
  [{ issue: 4, after: [2] }, undefined],
  [{ issue: 2, after: [] }, '#2 is in the run already'],
  [
    { issue: 4, after: [9] },
    "#4 can't come after #9, which is not in the run: add #9 first, or name one of #1, #2, #3",
  ],
  [{ issue: 4, after: [4] }, '#4 depends on itself'],
])('adding %j: %s', (entry, problem) => {
  expect(addProblem(issues, entry, () => false)).toBe(problem);
});

test('an issue whose session was cancelled may be added again', () => {
  expect(addProblem(issues, { issue: 2, after: [1] }, (issue) => issue === 2)).toBeUndefined();
  expect(addProblem(issues, { issue: 1, after: [2] }, (issue) => issue === 1)).toMatch(/circle/);
});

test.each([
  [2, undefined],
  [1, '#2 depends on #1: drop it first'],
  [3, '#3 has a session already: cancel that instead'],
  [9, '#9 is not in the run'],
])('dropping #%i: %s', (issue, problem) => {
  expect(dropProblem(issues, started, issue)).toBe(problem);
});

test.each([
  [[2, 1], undefined],
  [[], 'no issue is named'],
  [[1, 1], '#1 is named twice'],
  [[9], '#9 is not in the run'],
  [[3], '#3 has started already'],
])('putting %j first: %s', (first, problem) => {
  expect(reorderProblem(issues, started, first)).toBe(problem);
});
