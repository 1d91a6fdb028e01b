import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { git } from '../command/client.ts';
import { overrule } from '../private/settle.ts';
import { branchTip, mergeBase, standsOn } from '../refs/branch.ts';
import { baseRef, branchRef, changeRefs, isAncestor, pushedRef, tipOf } from '../refs/refs.ts';
import { keepTips, short } from '../refs/unpushed.ts';
import { bringForRebase } from '../remote/objects.ts';
import { fetchBranch, type GitTokenSource } from '../remote/remote.ts';
import { type Divergence, divergence } from './divergence.ts';
import { obstacleTo, rebaseDetached, returnToBranch, tidy } from './rebase.ts';
import { refuseUnresolved, type Verify } from './resolution.ts';

export interface IntegrateOptions {
  readonly tokens: GitTokenSource;
  readonly signal?: AbortSignal | undefined;
  /** Leaves for later what can't be done yet: the worktree is in the middle of something. */
  readonly mayWait?: boolean;
  /** A person or the agent has resolved the conflict that an earlier attempt met: that is checked. */
  readonly resolved?: boolean;
  readonly verify?: Verify;
}

export interface Integrated {
  /** What the branch stands on now. */
  readonly base: Base;
  /** The commit the remote's branch is at; undefined when there is none. */
  readonly published: string | undefined;
  /** Commits of others that came into the worktree. */
  readonly commits: number;
}

/**
 * Takes up what others did to the session's branch on the remote. Commits they added come into the worktree, and those of
 * the session that were not pushed yet go on top of them. A branch they rewrote is taken as they left it, and what the
 * session had is kept under `refs/coppice/kept/`. Whenever this is interrupted, doing it again ends the same way.
 * @throws RebaseConflict, NotResolved, PushRejected, GitFailed, WorktreeLost; the branch is unchanged then
 */
export async function integrateRemoteCommits(
  location: SessionLocation,
  base: Base,
  { tokens, signal, mayWait = false, resolved = false, verify }: IntegrateOptions,
): Promise<Integrated> {
  const { checkout, remote, branch } = location;
  await tidy(location);
  const published = await fetchBranch(checkout, remote, branch, tokens, signal);
  const now = { ...base, tip: await standsOn(location, base) };
  const unchanged = { base: now, published, commits: 0 };
  if (published === undefined) return unchanged;
  if (resolved) await refuseUnresolved(location, published, `${branch} on ${remote}`, verify);

  const found = await divergence(location, published);
  if (found.kind === 'known') {
    await changeRefs(checkout, [await noted(checkout, pushedRef(branch), published)]);
    return unchanged;
  }
  if (mayWait && (found.kind === 'rewritten' || (await obstacleTo(location)) !== undefined))
    return unchanged;
  if (found.kind === 'rewritten') throw rewritten(location, published);
  await returnToBranch(location);
  const old = await branchTip(location);
  const tip = await combine(location, old, found, { tokens, signal });
  const below = await fetchBranch(checkout, remote, base.branch, tokens, signal);
  const stands = await newBase(checkout, [now.tip, base.tip], tip, below);
  await changeRefs(checkout, [
    { ref: branchRef(branch), from: old, to: tip },
    await noted(checkout, pushedRef(branch), published),
    await noted(checkout, baseRef(branch), stands),
  ]);
  await overrule(location);
  await git(location.worktree, ['symbolic-ref', 'HEAD', branchRef(branch)]);
  await returnToBranch(location);
  return { base: { ...base, tip: stands }, published, commits: found.commits };
}

/** Leaves HEAD at the commits of both sides. @returns its tip */
async function combine(
  location: SessionLocation,
  old: string,
  { steps }: Extract<Divergence, { kind: 'diverged' }>,
  options: Pick<IntegrateOptions, 'tokens' | 'signal'>,
): Promise<string> {
  let conflict: unknown;
  for (const step of steps) {
    try {
      await bringForRebase(location.checkout, step, options);
      const tip = await rebaseDetached(location, step, options.signal);
      if (!(await isAncestor(location.checkout, old, tip))) await keepTips(location, [old]);
      return tip;
    } catch (error) {
      if (!(error instanceof CoppiceError && error.type === 'RebaseConflict')) throw error;
      conflict = error;
    }
  }
  // Whoever resolves it moves the branch.
  await keepTips(location, [old]);
  throw conflict;
}

/**
 * What the branch stands on after others changed it: what it stood on, unless they took that away, or merged or rebased
 * onto something newer of the branch below.
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
    `what was pushed shares no commit with its base: push a branch that stands on it`,
  );
}

const rewritten = (
  { branch, remote, worktree }: SessionLocation,
  published: string,
): CoppiceError =>
  new CoppiceError(
    'PushRejected',
    `${branch} was rewritten in ${worktree} since ${short(published)} was pushed to ${remote}: put its commits on top of that one, or push it yourself`,
  );

const noted = async (checkout: string, ref: string, to: string) => ({
  ref,
  from: await tipOf(checkout, ref),
  to,
});
