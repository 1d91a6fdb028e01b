import { ApiError, notFound, ok, page } from './answers.ts';
import {
  checkRunsOf,
  type EmulatedCheckRun,
  rerunJob,
  runHasEnded,
  workflowRunsOf,
} from './checks.ts';
import type { Call, Operation } from './operations.ts';
import type { Presenter } from './present.ts';
import type { EmulatedRepository, State } from './state.ts';

/** Check runs and the Actions jobs behind them, over REST. */
export function actionsOperations(
  state: State,
  present: Presenter,
  rerun: (repository: EmulatedRepository, check: EmulatedCheckRun) => void,
): Operation[] {
  const at = (path: string): string => `/repos/{owner}/{repo}${path}`;

  function checkOf({ repository, parameters }: Call): EmulatedCheckRun {
    if (parameters.check_run_id !== undefined && state.hidesChecks)
      throw new ApiError(403, 'Resource not accessible by personal access token');
    const id = Number(parameters.check_run_id ?? parameters.job_id);
    const check = repository.checkRuns.find((one) => one.id === id);
    if (!check) throw notFound();
    return check;
  }

  function jobOf(call: Call): EmulatedCheckRun {
    const check = checkOf(call);
    if (!check.actions) throw notFound();
    return check;
  }

  const latestOf = ({ checkRuns }: EmulatedRepository, run: number): EmulatedCheckRun | undefined =>
    checkRuns.findLast(({ actions }) => actions?.run === run);

  return [
    {
      method: 'GET',
      path: at('/commits/{ref}/check-runs'),
      handle({ repository, parameters, url }) {
        const checks = checkRunsOf(repository, String(parameters.ref));
        const answer = page(
          checks.map((check) => present.checkRun(repository, check)),
          parameters,
          url,
        );
        return { ...answer, body: { total_count: checks.length, check_runs: answer.body } };
      },
    },
    {
      method: 'GET',
      path: at('/check-runs/{check_run_id}'),
      handle: (call) => ok(present.checkRun(call.repository, checkOf(call))),
    },
    {
      method: 'GET',
      path: at('/check-runs/{check_run_id}/annotations'),
      handle(call) {
        const annotations = checkOf(call).annotations.map(present.annotation);
        return page(annotations, call.parameters, call.url);
      },
    },
    {
      method: 'POST',
      path: at('/check-runs/{check_run_id}/rerequest'),
      handle() {
        throw new ApiError(403, 'This check run was not created by this app');
      },
    },
    {
      method: 'GET',
      path: at('/actions/jobs/{job_id}'),
      handle: (call) => ok(present.job(call.repository, jobOf(call))),
    },
    {
      method: 'GET',
      path: at('/actions/jobs/{job_id}/logs'),
      handle(call) {
        const { id, log } = jobOf(call);
        if (log === null) throw notFound();
        return { status: 302, body: undefined, headers: { location: present.logUrl(id) } };
      },
    },
    {
      method: 'GET',
      path: at('/actions/runs'),
      handle({ repository, parameters, url }) {
        const runs = workflowRunsOf(repository, String(parameters.head_sha));
        const answer = page(
          runs.map((run) => present.workflowRun(repository, run)),
          parameters,
          url,
        );
        return { ...answer, body: { total_count: runs.length, workflow_runs: answer.body } };
      },
    },
    {
      method: 'GET',
      path: at('/actions/runs/{run_id}/jobs'),
      handle({ repository, parameters, url }) {
        const run = Number(parameters.run_id);
        const sha = latestOf(repository, run)?.sha ?? '';
        const jobs = checkRunsOf(repository, sha).filter(({ actions }) => actions?.run === run);
        const answer = page(
          jobs.map((check) => present.job(repository, check)),
          parameters,
          url,
        );
        return { ...answer, body: { total_count: jobs.length, jobs: answer.body } };
      },
    },
    {
      method: 'GET',
      path: at('/actions/runs/{run_id}'),
      handle({ repository, parameters }) {
        const id = Number(parameters.run_id);
        const sha = latestOf(repository, id)?.sha ?? repository.openRuns.get(id)?.sha ?? '';
        const run = workflowRunsOf(repository, sha).find((one) => one.id === id);
        if (!run) throw notFound();
        return ok(present.workflowRun(repository, run));
      },
    },
    {
      method: 'POST',
      path: at('/actions/jobs/{job_id}/rerun'),
      handle(call) {
        const check = jobOf(call);
        if (!runHasEnded(call.repository, check.actions?.run ?? 0))
          throw new ApiError(403, 'The workflow run containing this job is already running');
        rerun(call.repository, rerunJob(state, call.repository, check));
        return ok({}, 201);
      },
    },
    {
      method: 'POST',
      path: at('/actions/runs/{run_id}/rerun-failed-jobs'),
      handle({ repository, parameters }) {
        const run = Number(parameters.run_id);
        const sha = latestOf(repository, run)?.sha;
        if (sha === undefined) throw notFound();
        if (!runHasEnded(repository, run))
          throw new ApiError(403, 'The workflow run is already running');
        const failed = checkRunsOf(repository, sha).filter(
          ({ actions, conclusion }) =>
            actions?.run === run && !['success', 'skipped', 'neutral'].includes(conclusion ?? ''),
        );
        for (const check of failed) rerun(repository, rerunJob(state, repository, check));
        return ok({}, 201);
      },
    },
  ];
}
