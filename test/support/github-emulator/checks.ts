import type { EmulatedRepository, State } from './state.ts';
import { now } from './state.ts';

/** Check runs and commit statuses, whoever reports them. */

export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly message: string;
}

type Conclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'
  | 'stale'
  | 'startup_failure';

export interface EmulatedCheckRun {
  /** Of an Actions job too. */
  readonly id: number;
  readonly sha: string;
  readonly name: string;
  /** The Actions run, its attempt and its workflow, `CI` when absent; null for another app's check. */
  readonly actions: {
    readonly run: number;
    readonly attempt: number;
    readonly workflow?: string;
    /** What started it; `pull_request` when absent. */
    readonly event?: string;
  } | null;
  /** While a protection rule of its environment holds it. */
  waits?: boolean;
  conclusion: Conclusion | null;
  readonly startedAt: string | null;
  completedAt: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly annotations: readonly Annotation[];
  /** As Actions keeps it; null when it is gone. */
  log: string | null;
  /** Of a job, when the test says what they were. */
  readonly steps?: readonly EmulatedStep[];
}

interface EmulatedStep {
  readonly name: string;
  /** A step that was allowed to fail is a success. */
  readonly conclusion: 'success' | 'failure' | 'skipped';
  readonly completedAt: string;
}

/** A run of a workflow that has not ended, whether or not it has a job yet. */
export interface OpenRun {
  readonly workflow: string;
  readonly event: string;
  /** The commit, when it is known before the first job. */
  readonly sha: string | null;
}

export interface EmulatedStatus {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: 'success' | 'failure' | 'error' | 'pending';
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly createdAt: string;
}

export interface NewCheckRun {
  readonly name: string;
  /** Still running when null or absent. */
  readonly conclusion?: Conclusion | null;
  /** Reported by GitHub Actions; true when absent. */
  readonly actions?: boolean;
  /** The name of its workflow; `CI` when absent. */
  readonly workflow?: string;
  /** What started the workflow; `pull_request` when absent. */
  readonly event?: string;
  /** The workflow run it belongs to; one of its own when absent. */
  readonly run?: number;
  /** Whether it never began, as a queued job that is cancelled. */
  readonly neverBegan?: boolean;
  /** Whether it waits for a person to approve its environment. */
  readonly waits?: boolean;
  readonly title?: string;
  readonly summary?: string;
  readonly annotations?: readonly Annotation[];
  readonly log?: string | null;
  readonly steps?: readonly EmulatedStep[];
}

export type NewStatus = Pick<EmulatedStatus, 'context' | 'state'> & {
  readonly description?: string;
  readonly targetUrl?: string;
};

/** Checks do not change the time at which a pull request was changed. */
export function addCheckRun(
  state: State,
  repository: EmulatedRepository,
  sha: string,
  { name, conclusion = null, actions = true, ...more }: NewCheckRun,
): EmulatedCheckRun {
  const { title, summary, annotations, log, waits = false, run, event, neverBegan } = more;
  const workflow = more.workflow ?? repository.openRuns.get(run ?? 0)?.workflow ?? 'CI';
  const at = now();
  const check: EmulatedCheckRun = {
    ...{ id: state.nextId(), sha, name, conclusion, waits },
    actions: actions
      ? { run: run ?? state.nextId(), attempt: 1, workflow, ...(event !== undefined && { event }) }
      : null,
    ...{ startedAt: neverBegan ? null : at, completedAt: conclusion === null ? null : at },
    ...{ title: title ?? null, summary: summary ?? null },
    ...{ annotations: annotations ?? [], log: log ?? null },
    ...(more.steps && { steps: more.steps }),
  };
  repository.checkRuns.push(check);
  return check;
}

export function completeCheckRun(
  check: EmulatedCheckRun,
  conclusion: Conclusion,
  log: string,
): void {
  Object.assign(check, { conclusion, log, completedAt: now() });
}

/** GitHub runs the job again as another check run of the same name; the old one counts no more. */
export function rerunJob(
  state: State,
  repository: EmulatedRepository,
  { sha, name, actions, title, summary }: EmulatedCheckRun,
): EmulatedCheckRun {
  const check: EmulatedCheckRun = {
    ...{ id: state.nextId(), sha, name, title, summary, conclusion: null, annotations: [] },
    ...{ actions: actions && { ...actions, attempt: actions.attempt + 1 } },
    ...{ startedAt: now(), completedAt: null, log: null },
  };
  repository.checkRuns.push(check);
  return check;
}

const isRunning = ({ conclusion }: EmulatedCheckRun): boolean => conclusion === null;

/** The workflow run of a job has ended once all of its jobs have, and no further ones wait for them. */
export const runHasEnded = ({ checkRuns, openRuns }: EmulatedRepository, run: number): boolean =>
  !openRuns.has(run) && !checkRuns.some((one) => one.actions?.run === run && isRunning(one));

/** A workflow run with its jobs, the latest attempt of each. */
export interface ShownRun extends OpenRun {
  readonly id: number;
  readonly sha: string;
  readonly jobs: readonly EmulatedCheckRun[];
}

/** The workflow runs for a commit, the latest first. */
export function workflowRunsOf(repository: EmulatedRepository, sha: string): ShownRun[] {
  const jobs = checkRunsOf(repository, sha).filter(({ actions }) => actions);
  const byRun = Map.groupBy(jobs, ({ actions }) => actions?.run ?? 0);
  const runs = [...byRun].map(([id, of]): ShownRun => {
    const { workflow = 'CI', event = 'pull_request' } = of[0]?.actions ?? {};
    return { id, sha, workflow, event, jobs: of };
  });
  for (const [id, run] of repository.openRuns)
    if (run.sha === sha && !byRun.has(id)) runs.push({ ...run, id, sha, jobs: [] });
  return runs.sort((a, b) => b.id - a.id);
}

/** What a workflow is known by in its repository. */
export function workflowId({ workflows }: EmulatedRepository, name: string): number {
  const known = workflows.indexOf(name);
  return known >= 0 ? known + 1 : workflows.push(name);
}

export function addStatus(
  state: State,
  repository: EmulatedRepository,
  sha: string,
  { context, state: verdict, description, targetUrl }: NewStatus,
): EmulatedStatus {
  const status: EmulatedStatus = {
    ...{ id: state.nextId(), sha, context, state: verdict, createdAt: now() },
    ...{ description: description ?? null, targetUrl: targetUrl ?? null },
  };
  repository.statuses.push(status);
  return status;
}

/** The check runs of a commit, without those that were run again. */
export function checkRunsOf({ checkRuns }: EmulatedRepository, sha: string): EmulatedCheckRun[] {
  const latest = new Map<string, EmulatedCheckRun>();
  for (const check of checkRuns.filter((one) => one.sha === sha))
    latest.set(check.actions ? `run ${check.actions.run} ${check.name}` : `${check.id}`, check);
  return [...latest.values()];
}

/** The latest status of each context. */
export const statusesOf = ({ statuses }: EmulatedRepository, sha: string): EmulatedStatus[] => [
  ...new Map(
    statuses.filter((one) => one.sha === sha).map((one) => [one.context, one] as const),
  ).values(),
];
