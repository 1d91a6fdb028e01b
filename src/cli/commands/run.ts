import { randomBytes } from 'node:crypto';
import type { StartedRun } from '../../client/types.ts';
import { runName } from '../../domain/identity.ts';
import type { RunResult } from '../../domain/run.ts';
import { oneLine } from '../../domain/text.ts';
import { ifReachable, withCoppice } from '../board.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../errors.ts';
import { planRun, type RunRequest } from '../run-plan.ts';
import { manyWorkers } from '../workers.ts';
import { watchBoard } from './status.ts';

export interface RunOptions extends RunRequest {
  readonly name?: string;
  readonly watch?: true;
}

/**
 * Starts a run of a plan file, or of the issues named, after checking everything that can be checked.
 * @returns the exit code: with `watch`, 0 only when every issue was merged
 */
export async function run(
  context: Context,
  given: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { terminal, services } = context;
  const { project, issues, workers, base } = await planRun(context, given, options);
  const { repository, config, checkout } = project;
  const warning = manyWorkers(workers);
  if (warning !== undefined) terminal.err(warning);

  await services.remember(repository, checkout.path);
  if (!(await ifReachable(context, async () => true))) await services.up({});
  return withCoppice(services, async (coppice) => {
    const started = await coppice.startRun({
      repository,
      issues,
      workers,
      ...(base !== undefined && { base }),
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
