import type { Context } from '../context.ts';
import { amendRun } from '../open-run.ts';
import { findIssue } from '../where.ts';

/** Puts issues first in a run's queue. */
export async function reorder(
  context: Context,
  references: readonly string[],
  options: { run?: string },
): Promise<void> {
  const first: number[] = [];
  for (const reference of references) first.push((await findIssue(context, reference)).issue);
  const run = await amendRun(context, options.run, { do: 'reorder', first });
  const names = first.map((issue) => `#${issue}`).join(', ');
  context.terminal.out(`Next in run ${run}, as soon as each may start: ${names}.`);
}
