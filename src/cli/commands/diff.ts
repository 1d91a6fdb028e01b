import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { findIssue } from '../project.ts';
import { readSession } from './show.ts';

/**
 * Prints what a session has committed, in git's own way. It is read from the person's checkout, where the session's branch is:
 * git is not run in the worktree, whose settings are the agent's. @returns git's exit code
 */
export async function diff(
  context: Context,
  reference: string,
  options: { stat?: true },
): Promise<number> {
  const { services } = context;
  const { repository, issue } = await findIssue(context, reference);
  const { record, base } = (await readSession(context, repository, issue)).detail;
  if (!base || record.branch === '') throw new Refusal(`#${issue} has no branch yet`);
  const stored = await services.stored(repository);
  const location = stored.find((session) => session.issue === issue)?.ownership?.location;
  if (!location)
    throw new Refusal(
      `#${issue} lives on another host: ${record.pullRequestUrl ?? `its branch is ${record.branch}`}`,
    );
  return services.showDiff(location.checkout, { from: base.tip, to: record.branch, ...options });
}
