import { z } from 'zod';

/**
 * How a check run or commit status stands.
 * - `infrastructureFailure`: it was cancelled, timed out, is stale or never started; the machine failed, not the code
 * - `other`: it waits for a person, or GitHub says something Coppice does not know: shown, never acted on
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

/**
 * @param conclusion of a check run (null while it runs) or state of a commit status
 * @param status of a check run; one that is `waiting` runs once a person has approved its environment
 */
export const checkResult = (conclusion: string | null, status = ''): CheckResult => {
  if (conclusion === null) return status.toLowerCase() === 'waiting' ? 'other' : 'pending';
  return RESULTS[conclusion.toLowerCase()] ?? 'other';
};

export const Check = z.object({
  name: z.string(),
  /** App, workflow and job with its matrix: the same for each commit and attempt. A name alone is no identity. */
  id: z.string().default(''),
  /** Names the attempt: another one when it was run again. */
  runAttempt: z.string().default(''),
  /** The check run's id, which is also its Actions job's; null for a commit status. */
  runId: z.number().int().nullable(),
  /** The run of an Actions workflow that the job belongs to. */
  workflowRun: z.number().int().nullable().default(null),
  result: CheckResult,
  url: z.string(),
});
export type Check = z.infer<typeof Check>;

/** More than anyone reads; the rest are counted only. */
const MAX_CHECKS = 50;

/** The checks of a pull request's head commit. */
export const Checks = z.object({
  total: z.number().int().nonnegative(),
  pending: z.number().int().nonnegative(),
  /** Those neither passed nor pending, failed ones first, then by name; at most {@link MAX_CHECKS}. */
  notPassed: z.array(Check),
  /** Those pending, by name; at most {@link MAX_CHECKS}. */
  running: z.array(Check).default([]),
  /** Another text once another check, or another attempt of one, has begun. */
  begun: z.string().optional(),
});
export type Checks = z.infer<typeof Checks>;

export const NO_CHECKS: Checks = { total: 0, pending: 0, notPassed: [], running: [] };

const FIRST: readonly CheckResult[] = ['failed', 'infrastructureFailure', 'other'];

export function summariseChecks(checks: readonly Check[]): Checks {
  const byName = [...checks].sort(
    (a, b) => FIRST.indexOf(a.result) - FIRST.indexOf(b.result) || (a.name < b.name ? -1 : 1),
  );
  const running = byName.filter(({ result }) => result === 'pending');
  return {
    total: checks.length,
    pending: running.length,
    notPassed: shortened(byName.filter(({ result }) => FIRST.includes(result))),
    running: shortened(running),
    ...(checks.length > 0 && {
      begun: digestOf(checks.map(({ id, runAttempt }) => `${id} ${runAttempt}`)),
    }),
  };
}

/** The FNV-1a hash of texts in any order. Workflows have no other hash. */
function digestOf(texts: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const char of texts.toSorted().join('\n'))
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16);
}

const shortened = (checks: readonly Check[]): Check[] =>
  checks.slice(0, MAX_CHECKS).map((check) => ({
    ...check,
    ...{ name: check.name.slice(0, 200), id: check.id.slice(0, 300), url: check.url.slice(0, 500) },
  }));

export const failedIn = ({ notPassed }: Checks): Check[] =>
  notPassed.filter(({ result }) => result === 'failed');

/** Checks that ended without a result, such as cancelled ones. */
export const unfinishedIn = ({ notPassed }: Checks): Check[] =>
  notPassed.filter(({ result }) => result === 'infrastructureFailure');

export const namesOf = (checks: readonly Check[]): string[] => checks.map(({ name }) => name);

/** What a person would look at of one failed check. */
export const CheckFailure = z.object({
  name: z.string(),
  url: z.string(),
  /** Annotations and the last useful lines of the log: no ANSI codes, no secrets, bounded. */
  excerpt: z.string(),
});
export type CheckFailure = z.infer<typeof CheckFailure>;
