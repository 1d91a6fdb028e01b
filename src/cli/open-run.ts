import type { Amendment } from '../client/types.ts';
import { withCoppice } from './board.ts';
import type { Context } from './context.ts';
import { Refusal } from './errors.ts';
import { findRepository } from './where.ts';

/** Changes a run: the one named, or the only open one. @returns its name */
export async function amendRun(
  context: Context,
  name: string | undefined,
  amendment: Amendment,
): Promise<string> {
  const repository = await findRepository(context);
  return withCoppice(context.services, async (coppice) => {
    const run = name ?? onlyRun(await coppice.runs(repository));
    await coppice.amend(repository, run, amendment);
    return run;
  });
}

function onlyRun(runs: readonly { readonly name: string }[]): string {
  const [run, ...others] = runs;
  if (!run) throw new Refusal('no run is open: start one with `coppice run`');
  if (others.length === 0) return run.name;
  throw new Refusal(
    `several runs are open, name one with --run: ${runs.map(({ name }) => name).join(', ')}`,
  );
}
