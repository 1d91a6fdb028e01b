import { CoppiceError } from '../domain/failure.ts';
import type { Base, Place } from '../domain/session.ts';
import { git } from './client.ts';
import { pushBranch } from './push.ts';
import { rebaseDetached, settle } from './rebase.ts';
import { baseRef, beforeRef, branchRef, changeRefs, isAncestor, tipOf } from './refs.ts';
import { fetchBranch, type GitTokenSource } from './remote.ts';

export interface RestackOptions {
  readonly tokens: GitTokenSource;
  readonly signal?: AbortSignal;
}

/**
 * Moves the session's own commits from `base.tip` onto the remote's branch `onto`, and pushes them if the branch was
 * pushed before. The commits are rebased beside the branch, and the branch, with what it stands on, is then moved in one
 * transaction: whenever this is interrupted, doing it again with the same input ends the same way.
 * @returns the new base
 * @throws RebaseConflict, PushRejected, MissingBaseBranch, NothingToPublish, WorktreeLost; the branch is unchanged then,
 *   unless it was the push that was rejected
 */
export async function restack(
  place: Place,
  base: Base,
  onto: string,
  { tokens, signal }: RestackOptions,
): Promise<Base> {
  const { checkout, remote, branch } = place;
  await settle(place);
  const tip = await fetchBranch(checkout, remote, onto, tokens, signal);
  if (tip === undefined)
    throw new CoppiceError(
      'MissingBaseBranch',
      `${remote} has no branch ${onto} to put ${branch} on: restore it, or choose another base`,
    );
  const published = await fetchBranch(checkout, remote, branch, tokens, signal);
  await refuseForeignCommits(place, published);
  await moveBranch(place, { from: await standsOn(place, base), onto, tip }, signal);
  if (published !== undefined) await pushBranch(place, tokens, { lease: published, signal });
  const before = await tipOf(checkout, beforeRef(branch));
  if (before !== undefined)
    await changeRefs(checkout, [{ ref: beforeRef(branch), from: before, to: undefined }]);
  return { branch: onto, tip };
}

interface Move {
  readonly from: string;
  readonly onto: string;
  readonly tip: string;
}

async function moveBranch(place: Place, move: Move, signal?: AbortSignal): Promise<void> {
  const { checkout, worktree, branch } = place;
  if (move.from === move.tip) return;
  const old = await branchTip(place);
  const rebased = await rebaseDetached(place, { ...move, old }, signal);
  if (rebased === move.tip && old !== move.from) {
    await settle(place);
    throw new CoppiceError(
      'NothingToPublish',
      `${move.onto} already holds every change of ${branch}: close the pull request, or say what is still to do`,
    );
  }
  const [noted, before] = [
    await tipOf(checkout, baseRef(branch)),
    await tipOf(checkout, beforeRef(branch)),
  ];
  await changeRefs(checkout, [
    { ref: branchRef(branch), from: old, to: rebased },
    { ref: baseRef(branch), from: noted, to: move.tip },
    ...(before === undefined ? [{ ref: beforeRef(branch), from: undefined, to: old }] : []),
  ]);
  await git(worktree, ['symbolic-ref', 'HEAD', branchRef(branch)]);
  await settle(place);
}

/** What the branch stands on now: an earlier restack, whose result was never reported, may have moved it. */
async function standsOn({ checkout, branch }: Place, base: Base): Promise<string> {
  const noted = await tipOf(checkout, baseRef(branch));
  const holds = noted !== undefined && (await isAncestor(checkout, noted, branchRef(branch)));
  return holds ? noted : base.tip;
}

/** What is pushed will be overwritten: all of it must be in the branch, or have been before an unfinished restack. */
async function refuseForeignCommits(place: Place, published: string | undefined): Promise<void> {
  const { checkout, remote, branch } = place;
  if (published === undefined) return;
  const tips = [await branchTip(place), await tipOf(checkout, beforeRef(branch))];
  for (const tip of tips)
    if (tip !== undefined && (await isAncestor(checkout, published, tip))) return;
  throw new CoppiceError(
    'PushRejected',
    `${branch} on ${remote} has commits that this host does not have (${published.slice(0, 8)}): bring them into ${place.worktree}, or take them off the remote`,
  );
}

async function branchTip({ checkout, branch }: Place): Promise<string> {
  const tip = await tipOf(checkout, branchRef(branch));
  if (tip !== undefined) return tip;
  throw new CoppiceError(
    'WorktreeLost',
    `The branch ${branch} is gone from ${checkout}: restore it, or cancel the session`,
  );
}
