import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { checkResult } from '../../domain/pull-request/checks.ts';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, translate } from '../api/errors.ts';
import { parseResponse } from '../api/responses.ts';
import { jobIdentity, type ReportedCheck } from './rollup.ts';

/** Reads the jobs that GitHub Actions ran for a commit, as checks. */
export type ActionsChecks = (repository: RepositoryName, sha: string) => Promise<ReportedCheck[]>;

const Runs = z.object({
  workflow_runs: z.array(
    z.object({ id: z.number(), workflow_id: z.number(), updated_at: z.string() }),
  ),
});
type Run = z.infer<typeof Runs>['workflow_runs'][number];

const Jobs = z.object({
  jobs: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      html_url: z.string().nullable(),
    }),
  ),
});

/** How many commits, and how many runs, are cached at most. */
const MOST_REMEMBERED = 500;

/**
 * Takes the place of the checks when the token may read neither checks nor Actions, so that the commit does
 * not look like one without checks.
 */
const UNREADABLE: ReportedCheck = {
  ...{ name: 'checks that the GitHub token may not read', id: 'unreadable', attempt: '' },
  ...{ runId: null, workflowRun: null, result: 'other', url: '', description: '' },
};

/**
 * Reads checks for tokens that may not read them through GraphQL. Fine-grained tokens never may, but they can
 * have read access to Actions. An unchanged commit costs no rate limit, and jobs are read again only when
 * their run has changed.
 */
export function createActionsChecks(octokit: Octokit, apiUrl: string): ActionsChecks {
  const { actions } = octokit.rest;
  const runsOf = new Map<string, { readonly etag: string; readonly runs: readonly Run[] }>();
  const jobsOf = new Map<string, readonly ReportedCheck[]>();

  async function readRuns(repository: RepositoryName, sha: string): Promise<readonly Run[]> {
    const key = `${repository} ${sha}`;
    const known = runsOf.get(key);
    try {
      const { data, headers } = await actions.listWorkflowRunsForRepo({
        ...{ ...splitRepository(repository), head_sha: sha, per_page: 100 },
        headers: known ? { 'if-none-match': known.etag } : {},
      });
      const { workflow_runs: runs } = parseResponse(Runs, data, apiUrl);
      if (headers.etag) remember(runsOf, key, { etag: headers.etag, runs });
      return runs;
    } catch (error) {
      if (known && isHttpError(error, 304)) return known.runs;
      throw error;
    }
  }

  async function readJobs(repository: RepositoryName, run: Run): Promise<readonly ReportedCheck[]> {
    const key = `${run.id} ${run.updated_at}`;
    const known = jobsOf.get(key);
    if (known && !known.some(({ result }) => result === 'pending')) return known;
    const { data } = await actions.listJobsForWorkflowRun({
      ...{ ...splitRepository(repository), run_id: run.id, filter: 'latest', per_page: 100 },
    });
    const checks = parseResponse(Jobs, data, apiUrl).jobs.map(
      ({ id, name, status, conclusion, html_url }): ReportedCheck => ({
        ...{ name, id: jobIdentity(run.workflow_id, name), attempt: `${id}`, runId: id },
        ...{ workflowRun: run.id, result: checkResult(conclusion, status) },
        ...{ url: html_url ?? '', description: '' },
      }),
    );
    remember(jobsOf, key, checks);
    return checks;
  }

  return async (repository, sha) => {
    try {
      const checks: ReportedCheck[] = [];
      for (const run of await readRuns(repository, sha))
        checks.push(...(await readJobs(repository, run)));
      return checks;
    } catch (error) {
      const failure = translate(error, `read the jobs of ${sha} of ${repository}`, apiUrl);
      if (isHttpError(error, 403, 404) && isRefusal(failure)) return [UNREADABLE];
      throw failure;
    }
  };
}

const isRefusal = (failure: unknown): boolean =>
  failure instanceof Error && failure.name === 'CoppiceError';

function remember<Value>(known: Map<string, Value>, key: string, value: Value): void {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > MOST_REMEMBERED && oldest !== undefined) known.delete(oldest);
}
