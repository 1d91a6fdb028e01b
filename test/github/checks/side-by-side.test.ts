import { expect, test } from 'vitest';
import { attemptOfJob, latestChecks } from '../../../src/github/checks/latest-checks.ts';

const run = {
  ...{ id: 9, number: 3, event: 'pull_request', workflow: { id: 1, name: 'CI' }, url: '' },
  ...{ status: 'completed', conclusion: null },
};

/** A job named “test”, of one run. @param ended absent while it runs */
const job = (id: number, conclusion: string | null, began: string | null, ended?: string) =>
  attemptOfJob(run, {
    ...{ id, name: 'test', url: '', conclusion, startedAt: began },
    ...{ status: conclusion === null ? 'in_progress' : 'completed', completedAt: ended ?? null },
  });

const results = (...attempts: ReturnType<typeof job>[]) =>
  [attempts, attempts.toReversed()].map((order) =>
    latestChecks({ attempts: order, runs: [run] })
      .map(({ result }) => result)
      .sort(),
  );

test('jobs of one name that run side by side in a run count each, such as those of a matrix', () => {
  const failed = job(1, 'failure', '10:00:00', '10:02:00');
  for (const [other, result] of [
    [job(2, 'success', '10:00:01', '10:03:00'), 'passed'],
    [job(2, null, '10:01:59'), 'pending'],
  ] as const)
    expect(results(failed, other)).toEqual([
      ['failed', result],
      ['failed', result],
    ]);
  expect(results(job(1, null, '10:00:00'), job(2, null, null))[0]).toHaveLength(2);
});

test('a job that is run again takes the place of the former attempt', () => {
  const failed = job(1, 'failure', '10:00:00', '10:02:00');
  for (const [again, result] of [
    [job(2, 'success', '10:02:00', '10:03:00'), 'passed'],
    [job(2, null, null), 'pending'],
  ] as const)
    expect(results(failed, again)).toEqual([[result], [result]]);
});

test('a job that was read twice, by check run and by job, counts once', () => {
  const failed = job(1, 'failure', '10:00:00', '10:02:00');
  expect(results(failed, failed)).toEqual([['failed'], ['failed']]);
});
