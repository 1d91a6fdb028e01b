import { withCoppice } from '../connection.ts';
import type { Context } from '../context.ts';
import { eachIssue } from '../each-issue.ts';
import { UsageError } from '../errors.ts';
import { findRepository } from '../project.ts';

/** Cancels sessions, or what a run has not started yet. Nothing that was done is deleted. */
export async function cancel(
  context: Context,
  references: readonly string[],
  { run }: { run?: string },
): Promise<void> {
  if ((references.length === 0) === (run === undefined))
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
  await eachIssue(context, references, async (coppice, repository, issue) => {
    await coppice.cancel(repository, issue);
    terminal.out(`#${issue} is being cancelled. Its work is kept until: coppice prune`);
  });
}
