import { z } from 'zod';

/**
 * How a check run or commit status stands.
 * - `infrastructureFailure`: it was cancelled, timed out, is stale or never started; the machine failed, not the code
 * - `other`: it asks for a person, or GitHub says something Coppice does not know: shown, never acted on
 */
export const CheckResult = z.enum([
  'pending',
  'passed',
  'failed',
  'infrastructureFailure',
  'other',
]);
export type CheckResult = z.infer<typeof CheckResult>;

/** GitHub's conclusions of check runs and states of commit statuses, in lower case. */
const RESULTS: Readonly<Record<string, CheckResult>> = {
  success: 'passed',
  neutral: 'passed',
  skipped: 'passed',
  failure: 'failed',
  error: 'failed',
  cancelled: 'infrastructureFailure',
  timed_out: 'infrastructureFailure',
  stale: 'infrastructureFailure',
  startup_failure: 'infrastructureFailure',
  pending: 'pending',
  expected: 'pending',
};

/** @param conclusion of a check run (null while it runs) or state of a commit status */
export const checkResult = (conclusion: string | null): CheckResult =>
  conclusion === null ? 'pending' : (RESULTS[conclusion.toLowerCase()] ?? 'other');

export const Check = z.object({
  name: z.string(),
  /** The check run's id, which is also its Actions job's; null for a commit status. */
  runId: z.number().int().nullable(),
  result: CheckResult,
  url: z.string(),
});
export type Check = z.infer<typeof Check>;

/** More failures than anyone reads; the rest are counted only. */
const MAX_CHECKS = 50;

/** The checks of a pull request's head commit. */
export const Checks = z.object({
  total: z.number().int().nonnegative(),
  pending: z.number().int().nonnegative(),
  /** Those neither passed nor pending, by name, at most {@link MAX_CHECKS}. */
  notPassed: z.array(Check),
});
export type Checks = z.infer<typeof Checks>;

export const NO_CHECKS: Checks = { total: 0, pending: 0, notPassed: [] };

export function summariseChecks(checks: readonly Check[]): Checks {
  const notPassed = checks
    .filter(({ result }) => result !== 'passed' && result !== 'pending')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    total: checks.length,
    pending: checks.filter(({ result }) => result === 'pending').length,
    notPassed: notPassed
      .slice(0, MAX_CHECKS)
      .map((check) => ({ ...check, name: check.name.slice(0, 200), url: check.url.slice(0, 500) })),
  };
}

/** What a person would look at of one failed check. */
export const CheckFailure = z.object({
  name: z.string(),
  url: z.string(),
  /** Annotations and the last useful lines of the log: no ANSI codes, no secrets, bounded. */
  excerpt: z.string(),
});
export type CheckFailure = z.infer<typeof CheckFailure>;
