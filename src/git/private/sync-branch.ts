import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { commonDirectory } from '../command/directories.ts';
import { GitFailure } from '../command/failure.ts';
import { type GitDirectories, hasPrivateGit } from '../command/git-directories.ts';
import type { RefChange } from '../refs/ref-change.ts';
import { branchRef, changeRefs, importedRef, isAncestor, tipOf } from '../refs/refs.ts';
import { keepTips } from '../refs/unpushed.ts';
import { gitDirectories, repairGitFile } from '../worktree/git-file.ts';
import { privateGitsOf, refreshPrivateGit, removePrivateGit } from './directory.ts';
import { keepLeftovers } from './leftovers.ts';
import { gitInPrivate, importCommit } from './transfer.ts';

/**
 * Makes the session's branch the same in the checkout and in the session's private git directory. Commits
 * that were made in the worktree are imported into the checkout. Where Coppice moved the branch in the
 * checkout, the session's branch is moved too. After this call, git gets the worktree's directories from the
 * checkout's record, whatever files in the worktree say.
 * @throws WorktreeLost when the checkout has no record of the worktree
 * @throws GitFailed when commits can't be imported
 */
export async function syncBranch(location: SessionLocation): Promise<GitDirectories> {
  const found = await gitDirectories(location);
  if (!hasPrivateGit(found)) return found;
  await repairGitFile(found);
  await refreshPrivateGit(found, location.branch);
  await reconcile(location, found);
  return found;
}

/**
 * Does the same, and does nothing when there is no such worktree.
 * @throws GitFailed
 */
export async function syncBranchIfThere(location: SessionLocation): Promise<void> {
  try {
    await syncBranch(location);
  } catch (error) {
    if (!(error instanceof CoppiceError && error.type === 'WorktreeLost')) throw error;
  }
}

/**
 * Compares three tips: the session's own (`own`), the checkout's (`there`), and the one that the checkout
 * took from the session last (`taken`). If only the checkout moved, the session follows. Otherwise the
 * checkout takes the session's tip.
 */
async function reconcile(location: SessionLocation, found: GitDirectories): Promise<void> {
  const { checkout, branch } = location;
  const ref = branchRef(branch);
  const [own, there, taken] = [
    await ownTip(location, found),
    await tipOf(checkout, ref),
    await tipOf(checkout, importedRef(branch)),
  ];
  if (own === undefined) return;
  if (own === taken && there !== undefined && there !== own)
    return moveBranchInPrivate(location, found, { own, imported: taken, inCheckout: there });
  await importCommit(location, found, own);
  // Somebody moved the branch in the checkout on purpose, because git refuses to move a branch that is
  // checked out.
  if (there !== undefined && there !== taken && !(await isAncestor(checkout, there, own)))
    await keepTips(location, [there]);
  const changes: RefChange[] = [
    ...(own === there ? [] : [{ ref, from: there, to: own }]),
    ...(own === taken ? [] : [{ ref: importedRef(branch), from: taken, to: own }]),
  ];
  await changeRefs(checkout, changes);
}

interface Tips {
  readonly own: string | undefined;
  readonly imported: string | undefined;
  readonly inCheckout: string;
}

/** Moves the session's own branch to the tip that the checkout has. */
async function moveBranchInPrivate(
  { checkout, branch }: SessionLocation,
  found: GitDirectories,
  { own, imported: taken, inCheckout: there }: Tips,
): Promise<void> {
  const args = own === undefined ? [there] : [there, own];
  await gitInPrivate(found, ['update-ref', '-m', 'coppice: moved', branchRef(branch), ...args]);
  await changeRefs(checkout, [{ ref: importedRef(branch), from: taken, to: there }]);
}

/**
 * Moves the session's own branch to the checkout's tip, after Coppice has moved the branch in the checkout.
 * Commits that the session made since the last import are kept under `refs/coppice/kept/`.
 */
export async function resetOwnBranch(location: SessionLocation): Promise<void> {
  const { checkout, branch } = location;
  const found = await gitDirectories(location);
  const there = await tipOf(checkout, branchRef(branch));
  if (!hasPrivateGit(found) || there === undefined) return;
  const [own, taken] = [await ownTip(location, found), await tipOf(checkout, importedRef(branch))];
  if (own !== undefined && own !== taken && own !== there) {
    await importCommit(location, found, own);
    await keepTips(location, [own]);
  }
  await moveBranchInPrivate(location, found, { own, imported: taken, inCheckout: there });
}

/** The tip of the branch in the session's private git directory; undefined when it has no such branch. */
async function ownTip(
  { branch }: Pick<SessionLocation, 'branch'>,
  found: GitDirectories,
): Promise<string | undefined> {
  try {
    return await gitInPrivate(found, [
      'rev-parse',
      '--verify',
      '--quiet',
      `${branchRef(branch)}^{commit}`,
    ]);
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}

/**
 * Imports what is left in the private git directory of a worktree that no longer exists, and removes the
 * directory. The commits are on the session's branch then, or under `refs/coppice/kept/`.
 */
export async function importOrphanedGit(location: SessionLocation): Promise<void> {
  const { checkout, branch } = location;
  const common = realpathSync(await commonDirectory(checkout));
  for (const found of await privateGitsOf(common, realWorktreePath(location.worktree))) {
    if (existsSync(found.record)) continue;
    // If a person has deleted the branch, it is not made again.
    if ((await tipOf(checkout, branchRef(branch))) !== undefined) await reconcile(location, found);
    await keepLeftovers(location, found);
    await removePrivateGit(found);
  }
}

/** The path without symbolic links, also when the worktree itself no longer exists. */
function realWorktreePath(worktree: string): string {
  const parent = dirname(worktree);
  return existsSync(parent) ? join(realpathSync(parent), basename(worktree)) : worktree;
}
