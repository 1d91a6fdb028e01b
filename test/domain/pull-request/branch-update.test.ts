import { expect, test } from 'vitest';
import {
  branchUpdateKey,
  reasonToUpdateBranch,
} from '../../../src/domain/pull-request/branch-update.ts';
import { PullRequestSnapshot } from '../../../src/domain/pull-request/pull-request.ts';

const base = { branch: 'main', tip: 'old' };
const pull = PullRequestSnapshot.parse({
  ...{ number: 1, url: 'u', state: 'open', merged: false, draft: false, headSha: 'a' },
  ...{ base: 'main', baseSha: 'old', mergeable: 'yes', approved: false },
});
const moved = { ...pull, baseSha: 'new' };
const approved = { ...moved, approved: true };
const conflicting = { ...moved, mergeable: 'conflicting' } as const;

const outcomes = (policy: 'conflict' | 'approved' | 'always') =>
  [pull, moved, approved, conflicting].map((one) =>
    Boolean(reasonToUpdateBranch(policy, one, base)),
  );

test('by default nothing but a conflict is a reason', () => {
  expect(outcomes('conflict')).toEqual([false, false, false, true]);
});

test('with the policy `approved` a base that moved is a reason once it is approved', () => {
  expect(outcomes('approved')).toEqual([false, false, true, true]);
});

test('with the policy `always` a base that moved is a reason', () => {
  expect(outcomes('always')).toEqual([false, true, true, true]);
});

test('a pull request that has ended, or is against another branch, is left alone', () => {
  expect(reasonToUpdateBranch('always', { ...conflicting, state: 'closed' }, base)).toBeUndefined();
  expect(reasonToUpdateBranch('always', { ...conflicting, base: 'issue-1' }, base)).toBeUndefined();
});

test('an attempt is another one when head, base or what GitHub says of them has changed', () => {
  const attempts = [pull, moved, conflicting, { ...conflicting, headSha: 'b' }].map(
    branchUpdateKey,
  );
  expect(new Set(attempts).size).toBe(4);
  expect(branchUpdateKey({ ...moved, draft: true })).toBe(branchUpdateKey(moved));
});
