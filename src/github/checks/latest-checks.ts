import { type CheckResult, checkResult } from '../../domain/pull-request/checks.ts';
import type { CheckOfApp } from '../port.ts';

/** Which of the reports about a commit count. The rules are the same, whichever of GitHub's APIs gave the reports. */

export interface ReportedCheck extends CheckOfApp {
  /** The description of a commit status. */
  readonly description: string;
}

/** A run of an Actions workflow. */
export interface WorkflowRun {
  readonly id: number;
  /** Counts the runs of the workflow. */
  readonly number: number;
  readonly event: string;
  readonly workflow: { readonly id: number | string; readonly name: string };
  /** GitHub's words for it, in lower case; the conclusion is null when it has not ended, or is not known. */
  readonly status: string;
  readonly conclusion: string | null;
  readonly url: string;
}

/** One attempt of a check. A check may have several, of which the latest is chosen. */
export interface Attempt {
  /** The same for every attempt of one check. */
  readonly key: string;
  /** When it began, ISO 8601. */
  readonly at: string;
  /** When it ended, ISO 8601; after all times while it has not. */
  readonly endedAt: string;
  readonly isSkipped: boolean;
  readonly hasEnded: boolean;
  /** The workflow run of a job of Actions; null for every other check. */
  readonly run: WorkflowRun | null;
  readonly check: ReportedCheck;
}

/** All that was reported of a commit. */
export interface Reports {
  readonly attempts: readonly Attempt[];
  /** The runs of Actions workflows, also those without a job. */
  readonly runs: readonly WorkflowRun[];
}

/** GitHub's words for a check run, in capitals or not. */
export interface Progress {
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
}

export const progressOf = ({ status, conclusion, startedAt, completedAt }: Progress) => {
  const hasEnded = status.toLowerCase() === 'completed';
  return {
    hasEnded,
    isSkipped: conclusion?.toLowerCase() === 'skipped',
    result: checkResult(conclusion, status),
    // What has not begun is the latest, since `~` sorts after all times. What ended before it began is not.
    at: startedAt ?? (hasEnded ? '' : '~'),
    endedAt: hasEnded ? (completedAt ?? startedAt ?? '') : '~~',
  };
};

/**
 * The attempt of a job. Its id is the same for all commits and attempts. The values of a matrix are part of its name,
 * unless the workflow names its jobs alike.
 */
export function attemptOfJob(
  run: WorkflowRun,
  { id, name, url, app, ...progress }: Progress & JobOfRun,
): Attempt {
  const { result, ...standing } = progressOf(progress);
  const identity = `github-actions ${run.workflow.id} ${name}`;
  return {
    ...{ ...standing, key: `run ${identity} ${run.event}`, run },
    check: {
      ...{ name, id: identity, runAttempt: `${id}`, runId: id, workflowRun: run.id },
      ...{ url, description: '', result, app },
    },
  };
}

type JobOfRun = Pick<CheckOfApp, 'name' | 'url' | 'app'> & { readonly id: number };

/** Without the builds of a merge queue, which check a merge commit and not the commit itself. */
export const withoutMergeQueue = ({ attempts, runs }: Reports): Reports => ({
  attempts: attempts.filter(({ run }) => run?.event !== MERGE_QUEUE),
  runs: runs.filter(({ event }) => event !== MERGE_QUEUE),
});

const MERGE_QUEUE = 'merge_group';

/**
 * Returns each check once, with its latest attempt. Of two runs of a workflow the later one counts, but what it
 * skipped stays as it was. Jobs of one name that ran side by side in a run are checks each.
 */
export function latestChecks(reports: Reports): ReportedCheck[] {
  const latest = new Map<string, Attempt[]>();
  for (const attempt of reports.attempts) {
    if (isReplaced(attempt, reports.runs)) continue;
    const known = latest.get(attempt.key) ?? [];
    if (known.some((other) => isBeside(attempt, other)))
      latest.set(attempt.key, [...known.filter((other) => !isSame(attempt, other)), attempt]);
    else if (known.every((other) => overtakes(attempt, other))) latest.set(attempt.key, [attempt]);
  }
  return [...[...latest.values()].flat().map(({ check }) => check), ...runsAsChecks(reports)];
}

const isSame = (one: Attempt, other: Attempt): boolean =>
  one.check.runAttempt === other.check.runAttempt;

/** Whether two jobs of a run are different ones of the same name: one that is run again begins when the former has ended. */
const isBeside = (one: Attempt, other: Attempt): boolean =>
  one.run !== null &&
  one.run.id === other.run?.id &&
  one.at < other.endedAt &&
  other.at < one.endedAt;

/**
 * Whether a job that did not come to its end belongs to an earlier run than one that is under way: a new run
 * often cancels the one before it, and its own jobs may not be there yet.
 */
const isReplaced = ({ run, check }: Attempt, runs: readonly WorkflowRun[]): boolean =>
  run !== null &&
  check.result === 'infrastructureFailure' &&
  runs.some((other) => isLaterThan(other, run) && !hasEnded(other));

function overtakes(later: Attempt, known: Attempt): boolean {
  const isOtherRun = later.check.workflowRun !== known.check.workflowRun;
  if (isOtherRun && later.isSkipped !== known.isSkipped) return known.isSkipped;
  if (isOtherRun && later.run && known.run) return later.run.number > known.run.number;
  return known.at <= later.at;
}

const hasEnded = ({ status }: WorkflowRun): boolean => status === 'completed';

const isLaterThan = (other: WorkflowRun, run: WorkflowRun): boolean =>
  other.workflow.id === run.workflow.id && other.event === run.event && other.number > run.number;

/**
 * Runs that are checks of their own, because no job stands for them. A job that needs other jobs appears only when
 * they have ended, and a queued run may have no job yet: more checks are to come. A run that ended without any job,
 * because its file is wrong or a person must approve it, is shown.
 */
function runsAsChecks({ attempts, runs }: Reports): ReportedCheck[] {
  const checks: ReportedCheck[] = [];
  for (const run of runs) {
    const jobs = attempts.filter((attempt) => attempt.run?.id === run.id);
    if (!hasEnded(run) && jobs.every((job) => job.hasEnded))
      checks.push(ofRun(run, `more jobs of ${run.workflow.name}`, checkResult(null, run.status)));
    const isLatest = !runs.some((other) => isLaterThan(other, run));
    if (hasEnded(run) && jobs.length === 0 && isLatest && run.conclusion !== null)
      checks.push(ofRun(run, run.workflow.name, checkResult(run.conclusion)));
  }
  return checks;
}

const ofRun = (
  { id, workflow, url }: WorkflowRun,
  name: string,
  result: CheckResult,
): ReportedCheck => ({
  ...{ name, id: `workflow ${workflow.id} ${id}`, runAttempt: `${id}`, runId: null },
  ...{ workflowRun: id, result, url, description: '' },
});
