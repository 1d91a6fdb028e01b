import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { branchTip, mergeBase } from '../refs/branch.ts';
import { beforeRef, isAncestor, pushedRef, tipOf } from '../refs/refs.ts';
import type { Rebase } from './step.ts';

/** How the remote's branch differs from the session's. */
export type Divergence =
  /** There is nothing of others in it that the session lacks. */
  | { readonly kind: 'known' }
  /** The session's branch was rewritten since it was pushed, and not by Coppice: nobody can say what is whose. */
  | { readonly kind: 'rewritten' }
  /** Others changed it. The first of `steps` that does not conflict brings both sides together. */
  | { readonly kind: 'diverged'; readonly steps: readonly Rebase[]; readonly commits: number };

const KNOWN: Divergence = { kind: 'known' };

/**
 * `theirs` is the remote's branch, which must be in the repository. What both sides had in common when Coppice last
 * pushed or looked says what each of them did since.
 */
export async function divergence(location: SessionLocation, theirs: string): Promise<Divergence> {
  const { checkout, branch, remote } = location;
  const has = (descendant: string, ancestor: string) => isAncestor(checkout, ancestor, descendant);
  const ours = await branchTip(location);
  const before = await tipOf(checkout, beforeRef(branch));
  const pushed =
    (await tipOf(checkout, pushedRef(branch))) ?? (await mergeBase(checkout, ours, theirs));
  if (ours === theirs) return KNOWN;
  if (pushed === undefined) return { kind: 'rewritten' };

  const range = `${pushed}..${theirs}`;
  const commits = Number(await git(checkout, ['rev-list', '--count', range]));
  const onTheirs = async (own: string): Promise<Rebase> => {
    const common = (await mergeBase(checkout, own, theirs)) ?? pushed;
    // Of a branch that others rewrote only what was not pushed is the session's.
    const from = (await has(common, pushed)) ? common : pushed;
    const old = (await has(own, from)) ? own : from;
    return { old, from, tip: theirs, onto: `${branch} on ${remote}` };
  };
  const moved = before !== undefined && (await has(before, pushed)) ? before : undefined;

  if (await has(theirs, pushed)) {
    if (await has(ours, theirs)) return KNOWN;
    if ((await has(ours, pushed)) || (await has(theirs, ours)))
      return { kind: 'diverged', steps: [await onTheirs(ours)], commits };
    if (moved === undefined) return { kind: 'rewritten' };
    if (pushed === theirs) return KNOWN;
    // Coppice moved the branch and has not pushed it yet: their commits go on top of it, or the move is undone.
    const onOurs = { old: theirs, from: pushed, tip: ours, onto: `${branch} as it was moved` };
    return { kind: 'diverged', steps: [onOurs, await onTheirs(moved)], commits };
  }
  // They rewrote it. If it was resolved in the worktree, the session's branch stands on theirs already.
  if ((await has(ours, pushed)) || (await has(pushed, ours)))
    return { kind: 'diverged', steps: [await onTheirs(ours)], commits };
  if (await has(ours, theirs)) return KNOWN;
  if (moved === undefined) return { kind: 'rewritten' };
  return { kind: 'diverged', steps: [await onTheirs(moved)], commits };
}
