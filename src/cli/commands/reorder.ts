import type { Context } from '../context.ts';
import { amendRun } from '../open-run.ts';
import { findIssues } from '../project.ts';

/** Puts issues first in a run's queue. */
export async function reorder(
  context: Context,
  references: readonly string[],
  options: { run?: string },
): Promise<void> {
  const { repository, issues: first } = await findIssues(context, references);
  const choice = { run: options.run, repository, issues: first };
  const run = await amendRun(context, choice, { do: 'reorder', first });
  const names = first.map((issue) => `#${issue}`).join(', ');
  context.terminal.out(`Next in run ${run}, as soon as each may start: ${names}.`);
}
