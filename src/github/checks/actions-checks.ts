import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, translate } from '../api/errors.ts';
import { parseResponse } from '../api/responses.ts';
import { type Attempt, attemptOfJob, type Reports, type WorkflowRun } from './latest-checks.ts';

/** Reads the workflow runs of GitHub Actions and their jobs, for tokens that may not read check runs. */
export interface ActionsChecks {
  read(repository: RepositoryName, sha: string): Promise<Reports>;
  /** Whether they were read before. Then the token sees no check run of the repository, also where there seem to be none. */
  areNeeded(repository: RepositoryName): boolean;
}

const Runs = z.object({
  workflow_runs: z.array(
    z.object({
      id: z.number(),
      name: z.string().nullish(),
      workflow_id: z.number(),
      run_number: z.number(),
      run_attempt: z.number().default(1),
      event: z.string(),
      status: z.string().nullable(),
      conclusion: z.string().nullable(),
      html_url: z.string(),
      updated_at: z.string(),
    }),
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
      started_at: z.string().nullish(),
      completed_at: z.string().nullish(),
      html_url: z.string().nullable(),
    }),
  ),
});
type Job = z.infer<typeof Jobs>['jobs'][number];

/** How many entries GitHub returns in one page, and how many pages are read at most. */
const PAGE = 100;
const MOST_PAGES = 10;

/** How many pages, and how many runs, are cached at most. */
const MOST_REMEMBERED = 500;

/** A page of a list, as GitHub returns it for an ETag. */
type ReadPage = (page: {
  readonly page: number;
  readonly per_page: number;
  readonly headers: { readonly 'if-none-match'?: string };
}) => Promise<{ readonly data: unknown; readonly headers: { readonly etag?: string | undefined } }>;

/**
 * Takes the place of the checks when the token may read neither checks nor Actions, so that the commit does
 * not look like one without checks.
 */
const UNREADABLE: Attempt = {
  ...{ key: 'unreadable', at: '', endedAt: '', isSkipped: false, hasEnded: true, run: null },
  check: {
    ...{ name: 'checks that the GitHub token may not read', id: 'unreadable', runAttempt: '' },
    ...{ runId: null, workflowRun: null, result: 'other', url: '', description: '' },
  },
};

/**
 * Reads jobs for tokens that may not read checks through GraphQL. Fine-grained tokens never may, but they can have
 * read access to Actions. What has not changed costs no rate limit, and the jobs of a run that has ended are read once.
 */
export function createActionsChecks(octokit: Octokit, apiUrl: string): ActionsChecks {
  const { actions } = octokit.rest;
  const pages = new Map<string, { readonly etag: string; readonly data: unknown }>();
  const ended = new Map<string, readonly Job[]>();
  const needed = new Set<RepositoryName>();

  async function readPage(key: string, page: number, request: ReadPage): Promise<unknown> {
    const known = pages.get(`${key} ${page}`);
    const headers = known ? { 'if-none-match': known.etag } : {};
    try {
      const { data, headers: of } = await request({ page, per_page: PAGE, headers });
      if (of.etag) remember(pages, `${key} ${page}`, { etag: of.etag, data });
      return data;
    } catch (error) {
      if (known && isHttpError(error, 304)) return known.data;
      throw error;
    }
  }

  async function readAll<Item>(
    key: string,
    request: ReadPage,
    itemsOf: (data: unknown) => readonly Item[],
  ): Promise<Item[]> {
    const all: Item[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const items = itemsOf(await readPage(key, page, request));
      all.push(...items);
      if (items.length < PAGE) break;
    }
    return all;
  }

  const readRuns = (repository: RepositoryName, sha: string): Promise<Run[]> =>
    readAll(
      `${repository} ${sha}`,
      (page) =>
        actions.listWorkflowRunsForRepo({
          ...{ ...splitRepository(repository), head_sha: sha, ...page },
        }),
      (data) => parseResponse(Runs, data, apiUrl).workflow_runs,
    );

  async function readJobs(repository: RepositoryName, run: Run): Promise<readonly Job[]> {
    const key = `${run.id} ${run.run_attempt} ${run.updated_at}`;
    const known = ended.get(key);
    if (known) return known;
    const jobs = await readAll(
      `${repository} ${run.id}`,
      (page) =>
        actions.listJobsForWorkflowRun({
          ...{ ...splitRepository(repository), run_id: run.id, filter: 'latest', ...page },
        }),
      (data) => parseResponse(Jobs, data, apiUrl).jobs,
    );
    if (run.status === 'completed') remember(ended, key, jobs);
    return jobs;
  }

  return {
    areNeeded: (repository) => needed.has(repository),

    async read(repository, sha) {
      needed.add(repository);
      try {
        const runs: WorkflowRun[] = [];
        const attempts: Attempt[] = [];
        for (const found of await readRuns(repository, sha)) {
          const run = workflowRunOf(found);
          runs.push(run);
          for (const job of await readJobs(repository, found))
            attempts.push(attemptOfJob(run, progressedJob(job)));
        }
        return { runs, attempts };
      } catch (error) {
        const failure = translate(error, `read the jobs of ${sha} of ${repository}`, apiUrl);
        if (isHttpError(error, 403, 404) && isRefusal(failure))
          return { runs: [], attempts: [UNREADABLE] };
        throw failure;
      }
    },
  };
}

const workflowRunOf = ({
  id,
  run_number: number,
  event,
  html_url: url,
  ...run
}: Run): WorkflowRun => ({
  ...{ id, number, event, url, conclusion: run.conclusion, status: run.status ?? 'queued' },
  workflow: { id: run.workflow_id, name: run.name ?? 'a workflow' },
});

const progressedJob = ({ html_url: url, started_at, completed_at, ...job }: Job) => ({
  ...{ ...job, url: url ?? '', startedAt: started_at ?? null, completedAt: completed_at ?? null },
});

const isRefusal = (failure: unknown): boolean =>
  failure instanceof Error && failure.name === 'CoppiceError';

function remember<Value>(known: Map<string, Value>, key: string, value: Value): void {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > MOST_REMEMBERED && oldest !== undefined) known.delete(oldest);
}
