import { withCoppice } from '../connection.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { findIssue, findRepository } from '../project.ts';

/** Cancels one session, or what a run has not started yet. Nothing that was done is deleted. */
export async function cancel(
  context: Context,
  reference: string | undefined,
  { run }: { run?: string },
): Promise<void> {
  if ((reference === undefined) === (run === undefined))
    throw new UsageError('name an issue to cancel its session, or a run with --run NAME');
  const { services, terminal } = context;
  if (run !== undefined) {
    const repository = await findRepository(context);
    await withCoppice(services, (coppice) => coppice.cancelRun(repository, run));
    terminal.out(
      `Run ${run} starts no more sessions. Its sessions continue; cancel each one: coppice cancel 124`,
    );
    return;
  }
  const { repository, issue } = await findIssue(context, reference ?? '');
  await withCoppice(services, (coppice) => coppice.cancel(repository, issue));
  terminal.out(`#${issue} is being cancelled. Its work is kept until: coppice prune`);
}
