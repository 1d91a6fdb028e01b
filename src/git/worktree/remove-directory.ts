import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { makeWritable } from '../../process/make-writable.ts';
import { removeTree } from '../../process/remove-tree.ts';
import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import { type GitDirectories, hasPrivateGit } from '../command/git-directories.ts';
import { hasSubmodules } from '../nested/gitlinks.ts';
import { removePrivateGit } from '../private/directory.ts';
import { changeRefs, removingRef, tipOf } from '../refs/refs.ts';
import { isDeleted, uncommittedFiles } from './status.ts';
import { uncommittedChanges } from './uncommitted-changes.ts';
import { pruneWorktrees, type Worktree } from './worktrees.ts';

interface Removing {
  readonly ours: Worktree | undefined;
  readonly tip: string | undefined;
  /** Whether an earlier removal was interrupted. */
  readonly begun: boolean;
  readonly directories: GitDirectories | undefined;
  /** A person's `--force`. */
  readonly force: boolean;
}

/**
 * Removes a worktree's directory. The caller has just checked that it has no work. git gets `--force` only
 * where it would refuse although there is no work: for submodules, files that an interrupted removal already
 * deleted, and files of the baseline.
 * @returns why it was not removed; undefined when it was
 */
export async function removeDirectory(
  location: SessionLocation,
  { ours, tip, begun, directories, force }: Removing,
): Promise<string | undefined> {
  const { checkout, worktree, branch } = location;
  const commit = ours?.head ?? tip;
  if (!begun && ours && commit !== undefined)
    await changeRefs(checkout, [{ ref: removingRef(branch), from: undefined, to: commit }]);
  try {
    if (!ours) await removeTree(worktree);
    else {
      if (directories && hasPrivateGit(directories))
        return await removeOwn(location, directories, force || begun);
      const submodules = directories !== undefined && (await hasSubmodules(directories));
      const { own, all } = await uncommittedChanges(location, 'left out');
      const isNobodys = own.length === 0 && all.length > 0;
      await removeWithGit(location, force || begun || submodules || isNobodys);
    }
    return undefined;
  } catch (error) {
    if (ours && !begun) await unmarkRemoval(location);
    if (error instanceof GitFailure) return error.message;
    throw error;
  }
}

/**
 * Removes a worktree with a private git directory. `git worktree remove` would read what an agent wrote,
 * outside of the sandbox, and it refuses because the `.git` file names another git directory. Therefore the
 * files are deleted first, and then git prunes its record.
 */
async function removeOwn(
  location: SessionLocation,
  directories: GitDirectories,
  forced: boolean,
): Promise<string | undefined> {
  const { checkout, worktree } = location;
  if (!forced && (await uncommittedChanges(location, 'left out')).own.length > 0) {
    await unmarkRemoval(location);
    return `${worktree} was changed while it was being removed: try again`;
  }
  await removeTree(worktree);
  await pruneWorktrees(checkout);
  await removePrivateGit(directories);
  return undefined;
}

/**
 * Removes a worktree with git. Directories without write permission are removed too, because some tools make
 * such caches, and so are paths that are too long for git.
 */
async function removeWithGit(
  { checkout, worktree }: SessionLocation,
  forced: boolean,
): Promise<void> {
  const remove = (force: boolean) =>
    git(checkout, ['worktree', 'remove', ...(force ? ['--force'] : []), '--', worktree]);
  try {
    await remove(forced);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const isTooLong = /file name too long/i.test(error.stderr);
    if (!isTooLong && !/permission denied/i.test(error.stderr)) throw error;
    // The first attempt has checked the worktree, and removed a part of it.
    if (isTooLong) {
      await removeTree(worktree);
      await pruneWorktrees(checkout);
      return;
    }
    await makeWritable(worktree);
    await remove(true);
  }
}

/** Deletes the ref that marks a removal, if nothing has been deleted yet. */
async function unmarkRemoval({ checkout, worktree, branch }: SessionLocation): Promise<void> {
  if (!existsSync(join(worktree, '.git'))) return;
  if ((await uncommittedFiles(worktree, 'left out')).some(isDeleted)) return;
  const ref = removingRef(branch);
  const from = await tipOf(checkout, ref);
  if (from !== undefined) await changeRefs(checkout, [{ ref, from, to: undefined }]);
}
