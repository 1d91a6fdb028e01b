import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { git } from '../command/client.ts';
import { resetOwnBranch } from '../private/sync-branch.ts';
import { branchTip, currentBase, mergeBase } from '../refs/branch.ts';
import { baseRef, branchRef, changeRefs, isAncestor, pushedRef, tipOf } from '../refs/refs.ts';
import { keepTips, short } from '../refs/unpushed.ts';
import { fetchForRebase } from '../remote/fetch-objects.ts';
import { fetchBranch, type GitTokenSource } from '../remote/remote.ts';
import { type Divergence, divergenceOf } from './divergence.ts';
import {
  abortInterruptedRebase,
  checkOutBranchAgain,
  reasonNotToRebase,
  rebaseDetached,
} from './rebase-detached.ts';
import { refuseUnresolved, type Verify } from './resolution.ts';

export interface IntegrateOptions {
  readonly tokens: GitTokenSource;
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether to change nothing when the worktree can't be rebased now, for example because it has uncommitted
   * changes. Otherwise that is an error.
   */
  readonly mayWait?: boolean;
  /**
   * Whether a person or the agent has resolved the conflict of an earlier attempt. The resolution is then
   * checked.
   */
  readonly resolved?: boolean;
  readonly verify?: Verify;
}

export interface Integrated {
  /** The base of the branch now. */
  readonly base: Base;
  /** The tip of the remote branch; undefined when there is no such branch. */
  readonly published: string | undefined;
  /** How many commits of others were integrated. */
  readonly commits: number;
}

/**
 * Integrates what others did to the session's branch on the remote. Commits that they added come into the
 * worktree, and the session's unpushed commits are rebased onto them. A branch that they rewrote is used as
 * it is, and the session's former commits are kept under `refs/coppice/kept/`. An interrupted call can be
 * repeated, with the same result.
 * @throws RebaseConflict, NotResolved, PushRejected, GitFailed or WorktreeLost; then the branch is unchanged
 */
export async function integrateRemoteCommits(
  location: SessionLocation,
  base: Base,
  { tokens, signal, mayWait = false, resolved = false, verify }: IntegrateOptions,
): Promise<Integrated> {
  const { checkout, remote, branch } = location;
  await abortInterruptedRebase(location);
  const published = await fetchBranch(checkout, remote, branch, tokens, signal);
  const now = { ...base, tip: await currentBase(location, base) };
  const unchanged = { base: now, published, commits: 0 };
  if (published === undefined) return unchanged;
  if (resolved) await refuseUnresolved(location, published, `${branch} on ${remote}`, verify);

  const found = await divergenceOf(location, published);
  if (found.kind === 'known') {
    await changeRefs(checkout, [await noted(checkout, pushedRef(branch), published)]);
    return unchanged;
  }
  if (mayWait && (found.kind === 'rewritten' || (await reasonNotToRebase(location)) !== undefined))
    return unchanged;
  if (found.kind === 'rewritten') throw rewritten(location, published);
  await checkOutBranchAgain(location);
  const old = await branchTip(location);
  const tip = await combine(location, old, found, { tokens, signal });
  const below = await fetchBranch(checkout, remote, base.branch, tokens, signal);
  const stands = await newBase(checkout, [now.tip, base.tip], tip, below);
  await changeRefs(checkout, [
    { ref: branchRef(branch), from: old, to: tip },
    await noted(checkout, pushedRef(branch), published),
    await noted(checkout, baseRef(branch), stands),
  ]);
  await resetOwnBranch(location);
  await git(location.worktree, ['symbolic-ref', 'HEAD', branchRef(branch)]);
  await checkOutBranchAgain(location);
  return { base: { ...base, tip: stands }, published, commits: found.commits };
}

/**
 * Tries the steps until one has no conflict, and leaves HEAD detached at its result.
 * @returns that commit
 * @throws RebaseConflict when all steps conflict
 */
async function combine(
  location: SessionLocation,
  old: string,
  { steps }: Extract<Divergence, { kind: 'diverged' }>,
  options: Pick<IntegrateOptions, 'tokens' | 'signal'>,
): Promise<string> {
  let conflict: unknown;
  for (const step of steps) {
    try {
      await fetchForRebase(location.checkout, step, options);
      const tip = await rebaseDetached(location, step, options.signal);
      if (!(await isAncestor(location.checkout, old, tip))) await keepTips(location, [old]);
      return tip;
    } catch (error) {
      if (!(error instanceof CoppiceError && error.type === 'RebaseConflict')) throw error;
      conflict = error;
    }
  }
  // The branch moves when somebody resolves the conflict, so its tip is kept.
  await keepTips(location, [old]);
  throw conflict;
}

/**
 * The base of the branch after others changed it. It is the former base, unless they removed that from the
 * branch, or merged or rebased onto a newer commit of the base branch.
 */
async function newBase(
  checkout: string,
  former: readonly string[],
  tip: string,
  below: string | undefined,
): Promise<string> {
  const common = below === undefined ? undefined : await mergeBase(checkout, below, tip);
  for (const base of former)
    if (await isAncestor(checkout, base, tip)) {
      const newer = common !== undefined && (await isAncestor(checkout, base, common));
      return newer ? common : base;
    }
  const shared = common ?? (await mergeBase(checkout, former[0] ?? tip, tip));
  if (shared !== undefined) return shared;
  throw new CoppiceError(
    'PushRejected',
    `the branch that was pushed shares no commit with its base: push a branch that is based on it`,
  );
}

const rewritten = (
  { branch, remote, worktree }: SessionLocation,
  published: string,
): CoppiceError =>
  new CoppiceError(
    'PushRejected',
    `${branch} was rewritten in ${worktree} since ${short(published)} was pushed to ${remote}: rebase its commits onto that one, or push it yourself`,
  );

const noted = async (checkout: string, ref: string, to: string) => ({
  ref,
  from: await tipOf(checkout, ref),
  to,
});
