import type { Context } from '../context.ts';
import { amendRun } from '../open-run.ts';
import { findIssue } from '../project.ts';

/** Takes an issue that has not started out of a run. */
export async function drop(
  context: Context,
  reference: string,
  options: { run?: string },
): Promise<void> {
  const { repository, issue } = await findIssue(context, reference);
  const choice = { run: options.run, repository, issues: [issue] };
  const run = await amendRun(context, choice, { do: 'drop', issue });
  context.terminal.out(`#${issue} is no longer in run ${run}.`);
}
