import { expect, test } from 'vitest';
import { PullRequestSnapshot } from '../../../src/domain/pull-request/pull-request.ts';
import { stackChains } from '../../../src/domain/pull-request/stack-chains.ts';
import type { SessionReport } from '../../../src/domain/session/reports.ts';

const report = (issue: number, base: string, state: 'open' | 'closed' = 'open'): SessionReport => ({
  ...{ issue, status: 'complete', atWork: false, branch: `issue-${issue}` },
  pullRequest: PullRequestSnapshot.parse({
    ...{ number: 100 + issue, url: 'u', state, merged: false, draft: false, headSha: 'a', base },
  }),
});

test('open pull requests against each other’s branches are rows, from the bottom', () => {
  expect(
    stackChains([
      ...[report(3, 'issue-2'), report(2, 'issue-1'), report(1, 'main')],
      ...[report(5, 'issue-1'), report(7, 'main'), report(9, 'issue-8')],
      ...[report(8, 'main', 'closed')],
    ]),
  ).toEqual([[101, 102, 103]]);
});

test('a row of pull requests that people pointed at each other ends', () => {
  expect(stackChains([report(1, 'issue-2'), report(2, 'issue-1')])).toEqual([]);
});
