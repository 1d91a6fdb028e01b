import { expect, test } from 'vitest';
import type { Repair } from '../../../src/domain/pull-request/repairs.ts';
import { newSession } from '../../../src/domain/session/state.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import { receiveGuidance } from '../../../src/workflows/session/receive-guidance.ts';

const REPAIR: Repair = { headSha: 'a', key: 'k', failures: ['unit'], ids: ['1'], over: false };

/** A session whose attempts at failed checks and at what ann says are counted. */
function counted() {
  const repository = RepositoryName.parse('acme/app');
  const state = newSession({ repository, issue: 124 }, '2026-01-08T12:00:00Z');
  Object.assign(state.feedback, { repairs: [REPAIR], turnsBy: { ann: 9 } });
  return state;
}

test('with guidance the attempts at failed checks, and at what somebody says, begin anew', () => {
  const state = counted();
  expect(receiveGuidance(state, 'The clock is mocked wrongly')).toBe(true);
  expect(state.feedback).toMatchObject({ repairs: [], turnsBy: {} });
});

test('a raise of the budget alone says nothing, and leaves the attempts counted', () => {
  const state = counted();
  expect(receiveGuidance(state, { budget: 5 })).toBe(true);
  expect(state.feedback).toMatchObject({ repairs: [REPAIR], turnsBy: { ann: 9 } });
});
