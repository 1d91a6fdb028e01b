import { expect, test } from 'vitest';
import { RunInput } from '../../../src/domain/run/run.ts';
import { migrateRunState, newRunState } from '../../../src/domain/run/state.ts';

const input = RunInput.parse({
  ...{ repository: 'acme/app', name: 'one' },
  issues: [{ issue: 7 }, { issue: 8, after: [7] }],
});

test('a run keeps its whole state when it continues as new', () => {
  const state = {
    ...newRunState(input),
    notices: {
      dependencies: { 8: { 7: 'merged' } },
      stacks: { 8: 'digest' },
      registered: { 70: [70, 80] },
      withoutGitHubStacks: true,
      deletedBranches: { 7: 'sha' },
    },
    first: [8],
    paused: true,
  };
  expect(migrateRunState(JSON.parse(JSON.stringify(state)))).toEqual(state);
});

test('a field that an earlier version did not have gets its default', () => {
  expect(migrateRunState({ planned: [7, 8], notices: { stacks: {} } })).toEqual(newRunState(input));
});
