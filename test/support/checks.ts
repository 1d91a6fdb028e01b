import type { Check, CheckResult, Checks } from '../../src/domain/pull-request/checks.ts';

/** A check of that name, as one attempt of a job; each name is another check. */
export const aCheck = (
  name: string,
  result: CheckResult = 'failed',
  more: Partial<Check> = {},
): Check => ({
  ...{ name, result, id: `ci ${name}`, runAttempt: `${name} 1`, runId: 7, workflowRun: null },
  url: `https://ci.test/${name}`,
  ...more,
});

export const checksWith = (more: Partial<Checks>): Checks => ({
  ...{ total: 3, pending: 0, notPassed: [], running: [] },
  ...more,
});
