import type { Context } from '../context.ts';
import { amendRun } from '../open-run.ts';
import { findIssue } from '../where.ts';

/** Adds an issue to a run under way. */
export async function add(
  context: Context,
  reference: string,
  options: { run?: string; after: readonly string[] },
): Promise<void> {
  const { issue } = await findIssue(context, reference);
  const after: number[] = [];
  for (const dependency of options.after) after.push((await findIssue(context, dependency)).issue);
  const run = await amendRun(context, options.run, { do: 'add', entry: { issue, after } });
  context.terminal.out(`#${issue} is in run ${run}.`);
}
