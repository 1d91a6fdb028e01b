import { expect, test } from 'vitest';
import { planProblems } from '../../src/domain/run/plan.ts';
import { kindOf, scheduleOf } from './faults/schedule.ts';
import { expectedFiles, issuesOf, mergedWith, playOf } from './world/issues.ts';

test('a seed makes the same faults every time, and another seed makes others', () => {
  expect(scheduleOf(7, 40)).toEqual(scheduleOf(7, 40));
  expect(scheduleOf(8, 40)).not.toEqual(scheduleOf(7, 40));
});

test('every kind of fault comes before any comes twice as often as it is meant to', () => {
  const kinds = (count: number) => new Set(scheduleOf(1, count).map(kindOf));
  expect(kinds(32)).toEqual(kinds(400));
});

test('only the kinds that are wanted come', () => {
  expect(new Set(scheduleOf(1, 30, 'kill').map(({ do: what }) => what))).toEqual(new Set(['kill']));
  expect(() => scheduleOf(1, 1, 'earthquake')).toThrow('no kind of fault');
});

test.each([1, 3, 7, 13, 20, 40])(
  'a world of %i issues can be run, and each has a play',
  (count) => {
    const issues = issuesOf(count);
    expect(issues).toHaveLength(count);
    const planned = issues.map(({ number, after }) => ({ issue: number, after: [...after] }));
    expect(planProblems(planned)).toEqual([]);
    for (const issue of issues) {
      expect(playOf(issue).steps.at(-1)).toMatchObject({ do: 'done' });
      expect(Object.keys(expectedFiles([issue])).length).toBeGreaterThanOrEqual(2);
    }
  },
);

test('a stack that is merged whole is merged once, from the bottom', () => {
  const issues = issuesOf(14);
  const whole = issues.filter(({ wholeStack }) => wholeStack);
  for (const issue of whole) expect(mergedWith(issue, issues)).toEqual(whole);
  const [alone] = issues;
  expect(alone && mergedWith(alone, issues)).toEqual([alone]);
});
