import { CoppiceError } from '../domain/failure.ts';
import type { Base, Place } from '../domain/session.ts';
import { git } from './client.ts';
import { conflictMarkers } from './markers.ts';
import { pushBranch } from './push.ts';
import { obstacleTo, rebaseDetached, settle } from './rebase.ts';
import { baseRef, beforeRef, branchRef, changeRefs, isAncestor, ontoRef, tipOf } from './refs.ts';
import { fetchBranch, type GitTokenSource } from './remote.ts';

export interface RestackOptions {
  readonly tokens: GitTokenSource;
  readonly signal?: AbortSignal | undefined;
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
  await publish(place, published, { tokens, signal });
  return { branch: onto, tip };
}

/**
 * Takes up what the agent, or a person, made of a conflict: the branch rebased by hand onto the commit that `restack`
 * stopped at, everything committed and no conflict marker left. Pushes it as `restack` does.
 * @returns the new base
 * @throws NotResolved, PushRejected
 */
export async function takeUpRebase(
  place: Place,
  base: Base,
  onto: string,
  { tokens, signal }: RestackOptions,
): Promise<Base> {
  const { checkout, remote, branch } = place;
  const tip = await tipOf(checkout, ontoRef(branch));
  if (tip === undefined) return restack(place, base, onto, { tokens, signal });
  await refuseUnresolved(place, tip, onto);
  const published = await fetchBranch(checkout, remote, branch, tokens, signal);
  await refuseForeignCommits(place, published);
  const noted = await tipOf(checkout, baseRef(branch));
  await changeRefs(checkout, [{ ref: baseRef(branch), from: noted, to: tip }]);
  await publish(place, published, { tokens, signal });
  return { branch: onto, tip };
}

/** Pushes over what was published before, and forgets what was kept for the case that this fails. */
async function publish(
  place: Place,
  published: string | undefined,
  { tokens, signal }: RestackOptions,
): Promise<void> {
  const { checkout, branch } = place;
  if (published !== undefined) await pushBranch(place, tokens, { lease: published, signal });
  for (const ref of [beforeRef(branch), ontoRef(branch)]) {
    const kept = await tipOf(checkout, ref);
    if (kept !== undefined) await changeRefs(checkout, [{ ref, from: kept, to: undefined }]);
  }
}

async function refuseUnresolved(place: Place, tip: string, onto: string): Promise<void> {
  const { checkout, worktree, branch } = place;
  const refuse = (why: string): never => {
    throw new CoppiceError('NotResolved', `${branch} is not resolved: ${why}`);
  };
  const obstacle = await obstacleTo(place);
  if (obstacle !== undefined) refuse(obstacle);
  if (!(await isAncestor(checkout, tip, branchRef(branch))))
    refuse(`it does not stand on ${onto} at ${tip.slice(0, 8)}`);
  const marked = await conflictMarkers(worktree, tip);
  if (marked.length > 0) refuse(`conflict markers are left in ${marked.join(', ')}`);
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
  const rebased = await rebaseDetached(place, { ...move, old }, signal).catch(async (error) => {
    if (error instanceof CoppiceError && error.type === 'RebaseConflict')
      await keepForResolving(place, old, move.tip);
    throw error;
  });
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

/** Whoever resolves the conflict moves the branch: what it was is kept, and what it must stand on is noted. */
async function keepForResolving(
  { checkout, branch }: Place,
  old: string,
  tip: string,
): Promise<void> {
  const before = await tipOf(checkout, beforeRef(branch));
  const onto = await tipOf(checkout, ontoRef(branch));
  await changeRefs(checkout, [
    { ref: beforeRef(branch), from: before, to: old },
    { ref: ontoRef(branch), from: onto, to: tip },
  ]);
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
