import type { Context } from '../context.ts';
import { Refusal } from '../errors.ts';
import { findIssue } from '../project.ts';
import { readSession } from './show.ts';

/** Prints where a session's worktree is, for `cd "$(coppice cd 124)"`. */
export async function cd(context: Context, reference: string): Promise<void> {
  const { repository, issue } = await findIssue(context, reference);
  const { worktreePath } = (await readSession(context, repository, issue)).detail.record;
  if (worktreePath === '') throw new Refusal(`#${issue} has no worktree`);
  context.terminal.out(worktreePath);
}
