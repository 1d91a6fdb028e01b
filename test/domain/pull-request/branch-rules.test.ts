import { expect, test } from 'vitest';
import { mergeRulesAgainst } from '../../../src/domain/pull-request/branch-rules.ts';

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
