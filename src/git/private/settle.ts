import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { commonDirectory } from '../command/directories.ts';
import { type GitDirectories, isPrivate } from '../command/explicit.ts';
import { GitFailure } from '../command/failure.ts';
import type { RefChange } from '../refs/ref-change.ts';
import { branchRef, changeRefs, isAncestor, takenRef, tipOf } from '../refs/refs.ts';
import { keepTips } from '../refs/unpushed.ts';
import { gitDirectories, leadTo } from '../remote/pointers.ts';
import { forgetPrivateGit, privateOf, renew } from './directory.ts';
import { keepLeftovers } from './leftovers.ts';
import { bring, gitOver } from './transfer.ts';

/**
 * Brings the checkout's branch and the session's own to where the later of both is: what was committed in the worktree comes
 * into the checkout, and where Coppice moved the branch in the checkout the session's follows. From then on git goes by
 * the checkout's word about where the worktree's data are.
 * @throws WorktreeLost when the checkout knows no such worktree; GitFailed when what was committed can't be taken
 */
export async function settle(location: SessionLocation): Promise<GitDirectories> {
  const found = await gitDirectories(location);
  if (!isPrivate(found)) return found;
  await leadTo(found);
  await renew(found, location.branch);
  await meet(location, found);
  return found;
}

/** The same, if there is such a worktree. @throws GitFailed */
export async function settleIfThere(location: SessionLocation): Promise<void> {
  try {
    await settle(location);
  } catch (error) {
    if (!(error instanceof CoppiceError && error.type === 'WorktreeLost')) throw error;
  }
}

async function meet(location: SessionLocation, found: GitDirectories): Promise<void> {
  const { checkout, branch } = location;
  const ref = branchRef(branch);
  const [own, there, taken] = [
    await ownTip(location, found),
    await tipOf(checkout, ref),
    await tipOf(checkout, takenRef(branch)),
  ];
  if (own === undefined) return;
  if (own === taken && there !== undefined && there !== own)
    return give(location, found, { own, taken, there });
  await bring(location, found, own);
  // Somebody moved it in the checkout, where git lets nobody do that by mistake.
  if (there !== undefined && there !== taken && !(await isAncestor(checkout, there, own)))
    await keepTips(location, [there]);
  const changes: RefChange[] = [
    ...(own === there ? [] : [{ ref, from: there, to: own }]),
    ...(own === taken ? [] : [{ ref: takenRef(branch), from: taken, to: own }]),
  ];
  await changeRefs(checkout, changes);
}

interface Tips {
  readonly own: string | undefined;
  readonly taken: string | undefined;
  readonly there: string;
}

/** Moves the session's own branch to where the checkout's is. */
async function give(
  { checkout, branch }: SessionLocation,
  found: GitDirectories,
  { own, taken, there }: Tips,
): Promise<void> {
  const args = own === undefined ? [there] : [there, own];
  await gitOver(found, ['update-ref', '-m', 'coppice: moved', branchRef(branch), ...args]);
  await changeRefs(checkout, [{ ref: takenRef(branch), from: taken, to: there }]);
}

/**
 * Has the session's own branch follow the checkout's, which Coppice has moved. What was committed since the checkout took
 * over is kept under `refs/coppice/kept/`.
 */
export async function overrule(location: SessionLocation): Promise<void> {
  const { checkout, branch } = location;
  const found = await gitDirectories(location);
  const there = await tipOf(checkout, branchRef(branch));
  if (!isPrivate(found) || there === undefined) return;
  const [own, taken] = [await ownTip(location, found), await tipOf(checkout, takenRef(branch))];
  if (own !== undefined && own !== taken && own !== there) {
    await bring(location, found, own);
    await keepTips(location, [own]);
  }
  await give(location, found, { own, taken, there });
}

/** The tip of the session's own branch, as its git says; undefined when it has none. */
async function ownTip(
  { branch }: Pick<SessionLocation, 'branch'>,
  found: GitDirectories,
): Promise<string | undefined> {
  try {
    return await gitOver(found, [
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
 * Takes in what is left in the private git of a worktree that is gone, and removes it: its commits are on the session's branch
 * then, or under `refs/coppice/kept/`.
 */
export async function takeLeftGit(location: SessionLocation): Promise<void> {
  const { checkout, branch } = location;
  const common = realpathSync(await commonDirectory(checkout));
  for (const found of await privateOf(common, whereItWas(location.worktree))) {
    if (existsSync(found.record)) continue;
    // A branch that a person has deleted stays deleted.
    if ((await tipOf(checkout, branchRef(branch))) !== undefined) await meet(location, found);
    await keepLeftovers(location, found);
    await forgetPrivateGit(found);
  }
}

function whereItWas(worktree: string): string {
  const parent = dirname(worktree);
  return existsSync(parent) ? join(realpathSync(parent), basename(worktree)) : worktree;
}
