import { randomBytes } from 'node:crypto';
import type { StartedRun } from '../../client/types.ts';
import type { RunResult } from '../../domain/run/run.ts';
import { runName } from '../../domain/shared/identity.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { ifReachable, withCoppice } from '../connection.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../errors.ts';
import { openRunWith, planRun, type Running, type RunPlan } from '../planning/run-plan.ts';
import type { RequestedRunOptions } from '../planning/run-wanted.ts';
import { manyWorkers } from '../preflight/workers.ts';
import type { Project } from '../project.ts';
import { watchBoard } from './status.ts';

export interface RunOptions extends RequestedRunOptions {
  readonly name?: string;
  readonly watch?: true;
}

/**
 * Starts a run of a plan file, or of the issues named, after checking everything that can be checked; or joins the open run of
 * exactly that.
 * @returns the exit code: with `watch`, 0 only when every issue was merged
 */
export async function run(
  context: Context,
  given: readonly string[],
  options: RunOptions,
): Promise<number> {
  const planned = await planRun(context, given, options);
  return 'running' in planned ? join(context, planned, options) : start(context, planned, options);
}

async function start(
  context: Context,
  { project, issues, overlaps, concurrency, base }: RunPlan,
  options: RunOptions,
): Promise<number> {
  const { terminal, services } = context;
  const { repository, config, checkout } = project;
  const warning = manyWorkers(concurrency);
  if (warning !== undefined) terminal.err(warning);

  await services.remember(repository, checkout.path);
  if (!(await ifReachable(context, async () => true))) await services.up({});
  return withCoppice(services, async (coppice) => {
    const begin = () =>
      coppice.startRun({
        repository,
        issues,
        overlaps,
        concurrency,
        ...(base !== undefined && { base }),
        ...(options.agent !== undefined && { agent: options.agent }),
        name: options.name ?? runName(context.now(), randomBytes(2).toString('hex')),
        stacking: config.policy.stacking,
        review: config.policy.review,
        mergedBranches: config.policy.mergedBranches,
        githubStacks: config.policy.githubStacks,
      });
    // The same command in another terminal may have been a moment quicker: what was read before may be old.
    const begun = await services.oneAtATime('starting a run', async () => {
      const same = await openRunWith(coppice, repository, issues);
      return same === undefined ? { started: await begin() } : { same };
    });
    if (begun.same !== undefined)
      return join(context, { project, running: begun.same, inOrder: (all) => [...all] }, options);
    announce(context, begun.started, issues, concurrency);
    if (!(await services.isUp()))
      terminal.err(
        'coppice: a server answers, but coppice up does not run here: start it, unless you run coppice worker',
      );
    return stay(context, project, begun.started, options);
  });
}

/** Joins the open run of exactly these issues. Nothing is started, and nothing of that run is changed. */
const join = (
  context: Context,
  { project, running, inOrder }: Running,
  options: RunOptions,
): Promise<number> =>
  withCoppice(context.services, async (coppice) => {
    const joined = await coppice.joinRun(project.repository, running);
    context.terminal.err(
      `coppice: run ${running} of these issues is under way, and continues as it was started: coppice add, drop, reorder and workers change it`,
    );
    announce(context, { ...joined, sessions: inOrder(joined.sessions) });
    return stay(context, project, joined, options);
  });

async function stay(
  context: Context,
  { repository }: Project,
  started: StartedRun,
  { watch }: RunOptions,
): Promise<number> {
  if (!watch) return EXIT.ok;
  const result = started.result();
  await watchBoard(context, repository, started.name, result);
  return conclude(context, await result);
}

function announce(
  { terminal }: Context,
  { name, webUrl, sessions }: StartedRun,
  plan: RunPlan['issues'] = [],
  concurrency?: number,
): void {
  const order = new Map(plan.map(({ issue, after = [] }) => [issue, after]));
  const size = `${sessions.length} issue${sessions.length === 1 ? '' : 's'}`;
  const limit =
    concurrency === undefined ? '' : `, ${concurrency} worker${concurrency === 1 ? '' : 's'}`;
  terminal.out(`Run ${name}: ${size}${limit}`);
  for (const { issue, title = '' } of sessions) {
    const after = (order.get(issue) ?? []).map((one) => `#${one}`).join(' and ');
    const line = `#${issue} ${oneLine(title, 100)}`.trimEnd();
    terminal.out(`    ${line}${after === '' ? '' : `, after ${after}`}`);
  }
  if (webUrl !== undefined) terminal.out(`Web UI: ${webUrl}`);
  terminal.out('Watch it: coppice status --watch');
}

function conclude({ terminal }: Context, { merged, cancelled, notStarted }: RunResult): number {
  const named = (issues: readonly number[]) => issues.map((issue) => `#${issue}`).join(', ');
  terminal.out('');
  if (merged.length > 0) terminal.out(`Merged: ${named(merged)}`);
  if (cancelled.length > 0) terminal.out(`Cancelled: ${named(cancelled)}`);
  for (const { issue, reason } of notStarted)
    terminal.out(`Not started: #${issue}: ${oneLine(reason)}`);
  return cancelled.length + notStarted.length === 0 ? EXIT.ok : EXIT.failure;
}
