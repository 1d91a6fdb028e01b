import type { Context } from '../context.ts';
import { amendRun } from '../open-run.ts';
import { findIssue } from '../where.ts';

/** Takes an issue that has not started out of a run. */
export async function drop(
  context: Context,
  reference: string,
  options: { run?: string },
): Promise<void> {
  const { issue } = await findIssue(context, reference);
  const run = await amendRun(context, options.run, { do: 'drop', issue });
  context.terminal.out(`#${issue} is no longer in run ${run}.`);
}
