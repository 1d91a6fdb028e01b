import type { Context } from '../context.ts';
import { amendRun } from '../open-run.ts';

/** Changes how many sessions of a run may have an agent at work. */
export async function workers(
  context: Context,
  count: number,
  options: { run?: string },
): Promise<void> {
  const run = await amendRun(
    context,
    { run: options.run },
    { do: 'setConcurrency', concurrency: count },
  );
  context.terminal.out(`Run ${run} has ${count} worker${count === 1 ? '' : 's'} now.`);
}
