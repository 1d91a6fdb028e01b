import { expect, test } from 'vitest';
import { NO_CHECKS } from '../../../src/domain/pull-request/checks.ts';
import { latest, type PullRequestSnapshot } from '../../../src/domain/pull-request/pull-request.ts';

const open: PullRequestSnapshot = {
  number: 1,
  url: 'u',
  state: 'open',
  merged: false,
  draft: false,
  headSha: 'a',
  mergeable: 'unknown',
  checks: NO_CHECKS,
  base: 'main',
};
const merged = { ...open, state: 'closed', merged: true } as const;
const closed = { ...open, state: 'closed' } as const;

test('a merge is final, a closed pull request may be opened again', () => {
  expect(latest(null, open)).toBe(open);
  expect(latest(open, merged)).toBe(merged);
  expect(latest(merged, open)).toBe(merged);
  expect(latest(closed, open)).toBe(open);
});

test('the answer to a write of ours does not undo an end heard of meanwhile', () => {
  expect(latest(closed, open, true)).toBe(closed);
  expect(latest(open, { ...open, base: 'next' }, true)).toMatchObject({ base: 'next' });
});

test('news of another pull request replaces what was known', () => {
  expect(latest(merged, { ...open, number: 2 })).toMatchObject({ number: 2 });
});
