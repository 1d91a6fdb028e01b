import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { findIssue } from '../project.ts';
import { readSession } from './show.ts';
import { ui } from './ui.ts';

/** Opens a session's pull request in the browser, or with `ui` its page in Temporal's Web UI. */
export async function open(
  context: Context,
  reference: string,
  options: { ui?: true },
): Promise<void> {
  if (options.ui) return ui(context, reference);
  const { services, terminal } = context;
  const { repository, issue } = await findIssue(context, reference);
  const { pullRequestUrl } = (await readSession(context, repository, issue)).detail.record;
  if (pullRequestUrl === null)
    throw new Refusal(`#${issue} has no pull request yet: coppice open ${issue} --ui`);
  if (terminal.isTTY) await services.openBrowser(pullRequestUrl);
  terminal.out(pullRequestUrl);
}
