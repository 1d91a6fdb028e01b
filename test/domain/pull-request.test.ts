import { expect, test } from 'vitest';
import { NO_CHECKS } from '../../src/domain/checks.ts';
import { latest, type PullRequestSnapshot } from '../../src/domain/pull-request.ts';
import { pullRequestBody } from '../../src/domain/pull-request-body.ts';

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

test('a body tells what was done, what it closes, and what it stands on', () => {
  const body = pullRequestBody({
    issue: 127,
    summary: 'Adds SSO.',
    tests: 'node --test',
    onTopOf: { issue: 126, branch: 'issue-126', pullRequestUrl: 'https://github.test/pull/9' },
  });
  expect(body).toBe(
    'Adds SSO.\n\nCloses #127\n\n### How it was tested\n\nnode --test\n\n### Stacked\n\n' +
      'On top of #126 (https://github.test/pull/9); review and merge that one first.',
  );
});
