import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { type Check, namesOf } from '../../domain/pull-request/checks.ts';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, limitOf, RateLimited, translate } from '../api/errors.ts';
import type { Graphql } from '../api/graphql.ts';
import { maskSecrets } from '../api/mask-secrets.ts';
import { parseResponse } from '../api/responses.ts';
import type { GitHub } from '../port.ts';
import type { ActionsChecks } from './actions-checks.ts';
import { readChecks } from './commit-checks.ts';
import { endOfLog, excerpt, failingStep } from './job-log.ts';

/** How many annotations of a failed check are read at most. */
const ANNOTATIONS = 20;

const CheckRun = z.object({
  output: z.object({
    title: z.string().nullish(),
    summary: z.string().nullish(),
    annotations_count: z.number().default(0),
  }),
});

const Annotation = z.object({
  path: z.string(),
  start_line: z.number(),
  annotation_level: z.string().nullable(),
  message: z.string().nullable(),
});

const Attempt = z.object({ run_id: z.number(), run_attempt: z.number().default(1) });

const Steps = z.object({
  steps: z
    .array(z.object({ conclusion: z.string().nullish(), completed_at: z.string().nullish() }))
    .default([]),
});

const Run = z.object({ run_attempt: z.number().default(1) });

/** Reads checks, and runs them again. */
export function createChecks(
  octokit: Octokit,
  graphql: Graphql,
  apiUrl: string,
  actionsChecks: ActionsChecks,
): Pick<GitHub, 'examineCheck' | 'checksOn' | 'rerun'> {
  const { actions, checks } = octokit.rest;

  /** The check run's own report: title, summary and annotations. */
  async function report(repository: RepositoryName, runId: number): Promise<string> {
    const of = { ...splitRepository(repository), check_run_id: runId };
    const { data } = await checks.get(of);
    const { output } = parseResponse(CheckRun, data, apiUrl);
    const lines = [output.title, output.summary].filter((text) => text != null && text !== '');
    if (output.annotations_count === 0) return lines.join('\n');
    const { data: listed } = await checks.listAnnotations({ ...of, per_page: ANNOTATIONS });
    const annotations = parseResponse(z.array(Annotation), listed, apiUrl)
      .filter(({ annotation_level: level }) => level !== 'notice')
      .map(({ path, start_line: line, message }) => `${path}:${line}: ${message ?? ''}`);
    return [...lines, ...annotations].join('\n');
  }

  /** The description of a commit status. */
  async function words(repository: RepositoryName, sha: string, name: string): Promise<string> {
    const all = await readChecks(graphql, actionsChecks, repository, sha);
    return all.find((check) => check.runId === null && check.name === name)?.description ?? '';
  }

  /** When the first step of a job ended that failed it, in milliseconds since 1970; undefined when GitHub does not say. */
  async function endOfFailedStep(
    repository: RepositoryName,
    jobId: number,
  ): Promise<number | undefined> {
    const of = { ...splitRepository(repository), job_id: jobId };
    const { data } = await actions.getJobForWorkflowRun(of);
    const { steps } = parseResponse(Steps, data, apiUrl);
    // A step that was allowed to fail has the conclusion `success`.
    const failed = steps.find(({ conclusion }) => conclusion === 'failure');
    return failed?.completed_at == null ? undefined : Date.parse(failed.completed_at);
  }

  /** The end of an Actions job's log; empty when it isn't an Actions job, or the log was deleted. */
  async function log(repository: RepositoryName, jobId: number): Promise<string> {
    try {
      const endedAt = await endOfFailedStep(repository, jobId);
      const { data } = await actions.downloadJobLogsForWorkflowRun({
        ...{ ...splitRepository(repository), job_id: jobId },
        request: { parseSuccessResponseBody: false },
      });
      return failingStep(await endOfLog(data as unknown as ReadableStream<Uint8Array>, endedAt));
    } catch (error) {
      if (isHttpError(error, 404, 410)) return '';
      throw error;
    }
  }

  /**
   * The number of a job's attempt, and of the latest attempt of its workflow run; undefined when it isn't an
   * Actions job.
   */
  async function attempts(repository: RepositoryName, jobId: number) {
    try {
      const of = splitRepository(repository);
      const job = await actions.getJobForWorkflowRun({ ...of, job_id: jobId });
      const { run_id, run_attempt: own } = parseResponse(Attempt, job.data, apiUrl);
      const { data } = await actions.getWorkflowRun({ ...of, run_id });
      return { run: run_id, own, latest: parseResponse(Run, data, apiUrl).run_attempt };
    } catch (error) {
      if (isHttpError(error, 404)) return undefined;
      throw error;
    }
  }

  /** Reruns the failed jobs of one workflow run, or the check of another app. */
  async function rerunTogether(repository: RepositoryName, jobs: readonly Check[]): Promise<void> {
    const [first] = jobs;
    if (first?.runId == null) return;
    const of = splitRepository(repository);
    const attempt = await attempts(repository, first.runId);
    if (!attempt) await checks.rerequestRun({ ...of, check_run_id: first.runId });
    else if (attempt.latest > attempt.own) return;
    else if (jobs.length === 1)
      await actions.reRunJobForWorkflowRun({ ...of, job_id: first.runId });
    else await actions.reRunWorkflowFailedJobs({ ...of, run_id: attempt.run });
  }

  return {
    async examineCheck(repository, check, sha) {
      const { name, url, runId } = check;
      try {
        const said =
          runId === null
            ? await words(repository, sha, name)
            : await report(repository, runId).catch(nothingIfHidden);
        const logged = runId === null ? '' : await log(repository, runId);
        return { name, url, excerpt: excerpt(await maskSecrets(said), await maskSecrets(logged)) };
      } catch (error) {
        throw translate(error, `read what failed in ${name} of ${repository}`, apiUrl);
      }
    },

    checksOn: (repository, commit) => readChecks(graphql, actionsChecks, repository, commit),

    async rerun(repository, notRun) {
      const together = Map.groupBy(
        notRun,
        ({ workflowRun, runAttempt: attempt }) => workflowRun ?? attempt,
      );
      for (const jobs of together.values()) {
        try {
          await rerunTogether(repository, jobs);
        } catch (error) {
          const names = namesOf(jobs).join(', ');
          const failure = translate(error, `run ${names} of ${repository} again`, apiUrl);
          // GitHub also answers 403 for a run that is in progress or too old. Then nothing is rerun.
          if (!isHttpError(error, 403, 404, 422) || failure instanceof RateLimited) throw failure;
        }
      }
    },
  };
}

/** A fine-grained token may read a job's log, but not its check run. */
function nothingIfHidden(error: unknown): string {
  if (isHttpError(error, 403, 404) && !limitOf(error)) return '';
  throw error;
}
