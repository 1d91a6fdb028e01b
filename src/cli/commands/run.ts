import { randomBytes } from 'node:crypto';
import type { StartedRun } from '../../client/types.ts';
import { runName } from '../../domain/identity.ts';
import type { RunResult } from '../../domain/run.ts';
import { oneLine } from '../../domain/text.ts';
import { preflight } from '../../planning/preflight.ts';
import { parseReferences } from '../../planning/references.ts';
import { ifReachable, withCoppice } from '../board.ts';
import type { Context } from '../context.ts';
import { EXIT, Refusal, UsageError } from '../errors.ts';
import { preflightReaders } from '../preflight-readers.ts';
import { findProject } from '../where.ts';
import { watchBoard } from './status.ts';

export interface RunOptions {
  readonly workers?: number;
  readonly name?: string;
  readonly base?: string;
  readonly after: readonly string[];
  readonly watch?: true;
  readonly yes?: true;
}

/** Above this many sessions at a time, reviews pile up and conflicts begin: the person is told. */
const MANY_WORKERS = 5;

/** Above this many a person must mean it. */
const TOO_MANY_WORKERS = 10;

/**
 * Starts a run of the issues named, after checking everything that can be checked.
 * @returns the exit code: with `watch`, 0 only when every issue was merged
 */
export async function run(
  context: Context,
  issues: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { terminal, services } = context;
  const references = parseReferences(issues, options.after);
  if (references.mistakes.length > 0) throw new UsageError(references.mistakes.join('; '));
  const project = await findProject(context);
  const { repository, config, checkout } = project;
  const workers = options.workers ?? config.workers;
  const plan = await preflight(
    { ...references, repository, base: options.base ?? config.base },
    await preflightReaders(context, project),
  );
  const problems = [...plan.problems, ...tooMany(workers, options)];
  if (problems.length > 0) throw new Refusal('nothing was started:', problems);
  if (workers > MANY_WORKERS)
    terminal.err(
      `coppice: ${workers} workers: expect conflicts between them, and as many pull requests to review; 3 to 5 are easier`,
    );

  await services.remember(repository, checkout.path);
  if (!(await ifReachable(context, async () => true))) await services.up({});
  return withCoppice(services, async (coppice) => {
    const started = await coppice.startRun({
      repository,
      issues: [...plan.issues],
      workers,
      ...(options.base !== undefined && { base: options.base }),
      name: options.name ?? runName(context.now(), randomBytes(2).toString('hex')),
      stacking: config.policy.stacking,
      review: config.policy.review,
    });
    announce(context, started);
    if (!(await services.isUp()))
      terminal.err(
        'coppice: a server answers, but coppice up does not run here: start it, unless you run coppice worker',
      );
    if (!options.watch) return EXIT.ok;
    const result = started.result();
    await watchBoard(context, repository, started.name, result);
    return conclude(context, await result);
  });
}

const tooMany = (workers: number, { yes }: RunOptions): string[] =>
  workers > TOO_MANY_WORKERS && !yes
    ? [`${workers} workers are more than ${TOO_MANY_WORKERS}: add --yes if you mean it`]
    : [];

function announce({ terminal }: Context, { name, workflowId, webUrl, sessions }: StartedRun): void {
  terminal.out(`Run ${name}: ${workflowId}`);
  for (const session of sessions) terminal.out(`    #${session.issue}: ${session.workflowId}`);
  if (webUrl !== undefined) terminal.out(`Web UI: ${webUrl}`);
  terminal.out('See how it goes: coppice status --watch');
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
