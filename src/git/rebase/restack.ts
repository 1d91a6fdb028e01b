import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { git } from '../command/client.ts';
import { resetOwnBranch } from '../private/sync-branch.ts';
import { branchTip, currentBase } from '../refs/branch.ts';
import {
  baseRef,
  branchRef,
  changeRefs,
  isAncestor,
  preRebaseRef,
  rebaseTargetRef,
  tipOf,
} from '../refs/refs.ts';
import { fetchForRebase } from '../remote/fetch-objects.ts';
import { pushBranch } from '../remote/push.ts';
import { fetchBranch, type GitTokenSource } from '../remote/remote.ts';
import { checkOutBranchAgain, rebaseDetached } from './rebase-detached.ts';
import { integrateRemoteCommits } from './remote-commits.ts';
import { refuseUnresolved, type Verify } from './resolution.ts';

export interface RestackOptions {
  readonly tokens: GitTokenSource;
  readonly signal?: AbortSignal | undefined;
  readonly verify?: Verify;
}

/**
 * Rebases the session's own commits from `base.tip` onto the remote branch `onto`, and pushes them if the
 * branch was pushed before. The commits are first rebased on a detached HEAD. Then the branch and its
 * recorded base move in one transaction. An interrupted call can be repeated with the same input, with the
 * same result.
 * @returns the new base
 * @throws RebaseConflict, PushRejected, MissingBaseBranch, NothingToPublish or WorktreeLost; then the branch
 *   is unchanged, unless the push was rejected
 */
export const restack = (
  location: SessionLocation,
  base: Base,
  onto: string,
  options: RestackOptions,
): Promise<Base> => again(() => restackOnce(location, base, onto, options));

async function restackOnce(
  location: SessionLocation,
  base: Base,
  onto: string,
  { tokens, signal, verify }: RestackOptions,
  resolved = false,
): Promise<Base> {
  const { checkout, remote, branch } = location;
  await forget(location, [rebaseTargetRef(branch)]);
  const taken = await integrateRemoteCommits(location, base, {
    ...{ tokens, signal, resolved },
    ...(verify && { verify }),
  });
  await checkOutBranchAgain(location);
  const tip = await fetchBranch(checkout, remote, onto, tokens, signal);
  if (tip === undefined)
    throw new CoppiceError(
      'MissingBaseBranch',
      `${remote} has no branch ${onto} for ${branch} to be based on: restore it, or choose another base`,
    );
  const from = await currentBase(location, taken.base);
  await moveBranch(location, { from, onto, tip }, { tokens, signal });
  await publish(location, taken.published, { tokens, signal });
  return { branch: onto, tip };
}

/** How often the operation is repeated because somebody else pushed to the branch meanwhile. */
const RACES = 3;

/** Repeats `move` when the remote branch moved. The next attempt integrates what was pushed. */
async function again<T>(move: () => Promise<T>): Promise<T> {
  for (let left = RACES; ; left--) {
    try {
      return await move();
    } catch (error) {
      if (!(error instanceof CoppiceError && error.type === 'BranchMoved') || left === 0)
        throw error;
    }
  }
}

/**
 * Finishes a restack after the agent or a person resolved its conflict. The branch must be rebased onto the
 * commit at which `restack` stopped, everything must be committed, and no conflict marker may be left. It is
 * pushed as by `restack`.
 * @returns the new base
 * @throws NotResolved, PushRejected
 */
export const finishResolvedRebase = (
  location: SessionLocation,
  base: Base,
  onto: string,
  options: RestackOptions,
): Promise<Base> => again(() => finishOnce(location, base, onto, options));

async function finishOnce(
  location: SessionLocation,
  base: Base,
  onto: string,
  options: RestackOptions,
): Promise<Base> {
  const { checkout, branch } = location;
  const { tokens, signal, verify } = options;
  const tip = await tipOf(checkout, rebaseTargetRef(branch));
  if (tip === undefined) return restackOnce(location, base, onto, options, true);
  await refuseUnresolved(location, tip, onto, verify);
  const noted = await tipOf(checkout, baseRef(branch));
  await changeRefs(checkout, [{ ref: baseRef(branch), from: noted, to: tip }]);
  const taken = await integrateRemoteCommits(location, base, { tokens, signal });
  // Others may have rewritten the branch meanwhile. Then their version is used, and is rebased in turn.
  if (!(await isAncestor(checkout, tip, branchRef(branch))))
    return restackOnce(location, taken.base, onto, options);
  await publish(location, taken.published, { tokens, signal });
  return { branch: onto, tip };
}

/** Pushes the branch if it was published before, and deletes the refs that were kept in case this fails. */
async function publish(
  location: SessionLocation,
  published: string | undefined,
  { tokens, signal }: RestackOptions,
): Promise<void> {
  const { branch } = location;
  if (published !== undefined) await pushBranch(location, tokens, { lease: published, signal });
  await forget(location, [preRebaseRef(branch), rebaseTargetRef(branch)]);
}

async function forget({ checkout }: SessionLocation, refs: readonly string[]): Promise<void> {
  for (const ref of refs) {
    const kept = await tipOf(checkout, ref);
    if (kept !== undefined) await changeRefs(checkout, [{ ref, from: kept, to: undefined }]);
  }
}

interface Move {
  readonly from: string;
  readonly onto: string;
  readonly tip: string;
}

async function moveBranch(
  location: SessionLocation,
  move: Move,
  { tokens, signal }: RestackOptions,
): Promise<void> {
  const { checkout, worktree, branch } = location;
  if (move.from === move.tip) return;
  const old = await branchTip(location);
  await fetchForRebase(checkout, { ...move, old }, { tokens, signal });
  const rebased = await rebaseDetached(location, { ...move, old }, signal).catch(async (error) => {
    if (error instanceof CoppiceError && error.type === 'RebaseConflict')
      await keepForResolving(location, old, move.tip);
    throw error;
  });
  if (rebased === move.tip && old !== move.from) {
    await checkOutBranchAgain(location);
    throw new CoppiceError(
      'NothingToPublish',
      `${move.onto} already holds every change of ${branch}: close the pull request, or say what is still to do`,
    );
  }
  const [noted, before] = [
    await tipOf(checkout, baseRef(branch)),
    await tipOf(checkout, preRebaseRef(branch)),
  ];
  // After several moves without a push in between, the tip before the first one is kept.
  const isFirst = before === undefined || (await isAncestor(checkout, before, old));
  await changeRefs(checkout, [
    { ref: branchRef(branch), from: old, to: rebased },
    { ref: baseRef(branch), from: noted, to: move.tip },
    ...(isFirst ? [{ ref: preRebaseRef(branch), from: before, to: old }] : []),
  ]);
  await resetOwnBranch(location);
  await git(worktree, ['symbolic-ref', 'HEAD', branchRef(branch)]);
  await checkOutBranchAgain(location);
}

/**
 * Keeps the branch's tip and the commit onto which it must be rebased, because the branch moves when somebody
 * resolves the conflict.
 */
async function keepForResolving(
  { checkout, branch }: SessionLocation,
  old: string,
  tip: string,
): Promise<void> {
  const before = await tipOf(checkout, preRebaseRef(branch));
  const onto = await tipOf(checkout, rebaseTargetRef(branch));
  await changeRefs(checkout, [
    { ref: preRebaseRef(branch), from: before, to: old },
    { ref: rebaseTargetRef(branch), from: onto, to: tip },
  ]);
}
