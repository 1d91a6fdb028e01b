import { git, gitAnswers } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import { logChanges } from './change-log.ts';
import type { RefChange } from './ref-change.ts';

/*
 * Refs in which Coppice stores facts about a session's branch, in the repository itself: see docs/stacks.md.
 */

export const branchRef = (branch: string): string => `refs/heads/${branch}`;
/** The commit that the branch is based on since it was last rebased. */
export const baseRef = (branch: string): string => `refs/coppice/base/${branch}`;
/** The branch's tip before it was rebased, until the result is pushed. */
export const preRebaseRef = (branch: string): string => `refs/coppice/before/${branch}`;
/** The remote branch's tip when Coppice last pushed to it or integrated commits from it. */
export const pushedRef = (branch: string): string => `refs/coppice/pushed/${branch}`;
/** Exists from the start of a worktree's removal until branch and worktree are gone. */
export const removingRef = (branch: string): string => `refs/coppice/removing/${branch}`;

/** The tip of the session's own branch when it was last imported into the checkout. */
export const importedRef = (branch: string): string => `refs/coppice/imported/${branch}`;

/** The commit onto which the branch could not be rebased for conflicts, until it is. */
export const rebaseTargetRef = (branch: string): string => `refs/coppice/onto/${branch}`;

/** The commit to which a full ref name points; undefined when there is no such ref. */
export const tipOf = (directory: string, ref: string): Promise<string | undefined> =>
  objectAt(directory, `${ref}^{commit}`);

/** The object to which a ref points, which need not be a commit; undefined when there is no such ref. */
export async function objectAt(directory: string, ref: string): Promise<string | undefined> {
  try {
    return await git(directory, ['rev-parse', '--verify', '--quiet', ref]);
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** The branch that is checked out; undefined when HEAD is detached. */
export async function checkedOutBranch(worktree: string): Promise<string | undefined> {
  try {
    // The full name is shortened here, because git's short form is longer when a tag has the same name.
    const ref = await git(worktree, ['symbolic-ref', '--quiet', 'HEAD']);
    return ref.replace(/^refs\/heads\//, '');
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}

export const hasCommit = (directory: string, sha: string): Promise<boolean> =>
  tipOf(directory, sha).then((found) => found !== undefined);

/** Whether `ancestor` is `descendant`, or an ancestor of it. Both must be in the repository. */
export const isAncestor = (
  directory: string,
  ancestor: string,
  descendant: string,
): Promise<boolean> => gitAnswers(directory, ['merge-base', '--is-ancestor', ancestor, descendant]);

/**
 * Changes all refs or none. Each must still be at `from`. The changes are written down first: see `announce`.
 * @throws GitFailure when a ref is not at `from`
 */
export async function changeRefs(directory: string, changes: readonly RefChange[]): Promise<void> {
  const lines = changes.map(({ ref, from, to }) =>
    to === undefined
      ? `delete ${ref} ${from}`
      : from === undefined
        ? `create ${ref} ${to}`
        : `update ${ref} ${to} ${from}`,
  );
  if (lines.length === 0) return;
  await logChanges(directory, changes);
  await git(directory, ['update-ref', '--stdin'], { input: `${lines.join('\n')}\n` });
}
