import { expect, test } from 'vitest';
import { isReportOf, mergeRulesAgainst } from '../../../src/domain/pull-request/branch-rules.ts';

test('that the target branch requires signed commits is told to who signs none; a linear history is no obstacle', () => {
  const rules = ['required_signatures', 'required_linear_history', 'non_fast_forward'].map(
    (type) => ({ type, checks: [], afterCreation: false }),
  );
  expect(mergeRulesAgainst(rules, { branch: 'main', signs: false })).toEqual([
    expect.stringMatching(
      /^a ruleset applies to main: it requires signed commits.* only by squash/,
    ),
  ]);
  expect(mergeRulesAgainst(rules, { branch: 'main', signs: true })).toEqual([]);
  expect(mergeRulesAgainst(rules.slice(1), { branch: 'main', signs: false })).toEqual([]);
});

test('a required check is reported by the app it is required of, or by one that GitHub does not tell', () => {
  const isReported = (required: number | null, app: number | null | undefined) =>
    isReportOf({ name: 'build', app }, { name: 'build', app: required });
  expect([15, undefined].map((app) => isReported(15, app))).toEqual([true, true]);
  expect([77, null].map((app) => isReported(15, app))).toEqual([false, false]);
  expect([15, null, undefined].map((app) => isReported(null, app))).toEqual([true, true, true]);
  expect(isReportOf({ name: 'lint', app: 15 }, { name: 'build', app: 15 })).toBe(false);
});
