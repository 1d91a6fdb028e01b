import type { Amendment } from '../client/types.ts';
import type { RunStatus } from '../domain/run/run.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { withCoppice } from './connection.ts';
import type { Context } from './context.ts';
import { Refusal } from './errors.ts';
import { findRepository } from './project.ts';

export interface RunChoice {
  /** Its name, where the person gave one. */
  readonly run?: string | undefined;
  /** The checkout's own when absent. */
  readonly repository?: RepositoryName;
  /** Issues that it has; none known when absent. */
  readonly issues?: readonly number[];
}

/**
 * Changes a run: the one named, or the only open one, or the only one with these issues.
 * @returns its name
 */
export async function amendRun(
  context: Context,
  { run: name, repository: given, issues = [] }: RunChoice,
  amendment: Amendment,
): Promise<string> {
  const repository = given ?? (await findRepository(context));
  return withCoppice(context.services, async (coppice) => {
    const run = name ?? runOf(await coppice.runs(repository), issues);
    await coppice.amend(repository, run, amendment);
    return run;
  });
}

function runOf(runs: readonly RunStatus[], issues: readonly number[]): string {
  const [only, ...others] = runs;
  if (!only) throw new Refusal('no run is open: start one with `coppice run`');
  if (others.length === 0) return only.name;
  const around = issues.length === 0 ? [] : runs.filter((run) => hasAll(run, issues));
  const [found, ...more] = around;
  if (found && more.length === 0) return found.name;
  throw new Refusal(
    'several runs are open: name one with --run:',
    (around.length > 0 ? around : runs).map(
      (run) =>
        `${run.name}: ${issuesOf(run)
          .map((issue) => `#${issue}`)
          .join(' ')}`,
    ),
  );
}

const hasAll = (run: RunStatus, issues: readonly number[]): boolean =>
  issues.every((issue) => issuesOf(run).includes(issue));

const issuesOf = ({ sessions, queue }: RunStatus): number[] =>
  [...sessions, ...queue].map(({ issue }) => issue);
