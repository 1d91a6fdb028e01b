import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { gitDirectory } from '../../git/command/directories.ts';
import { createPrivateGit } from '../../git/private/directory.ts';
import { importOrphanedGit } from '../../git/private/sync-branch.ts';
import { mergeBase } from '../../git/refs/branch.ts';
import { localObstacle } from '../../git/refs/branch-obstacle.ts';
import type { RefChange } from '../../git/refs/ref-change.ts';
import { branchRef, changeRefs, pushedRef, tipOf } from '../../git/refs/refs.ts';
import { fetchObjects } from '../../git/remote/fetch-objects.ts';
import { fetchBranch, type GitTokenSource, remoteBranch } from '../../git/remote/remote.ts';
import { recordBaseline } from '../../git/worktree/baseline.ts';
import { excludeOwnDirectory } from '../../git/worktree/exclude.ts';
import { copyUntracked } from '../../git/worktree/untracked.ts';
import {
  addWorktree,
  discardWorktree,
  findWorktree,
  pruneWorktrees,
} from '../../git/worktree/worktrees.ts';
import { ignoringDamage } from '../../state/files/json-file.ts';
import type { Home } from '../../state/home.ts';
import { forgetLeftBranch, type LeftBranch, readLeftBranch } from '../../state/left-branch.ts';
import {
  type Ownership,
  ownershipFile,
  ownershipOf,
  readOwnership,
  saveOwnership,
} from '../../state/session-store.ts';
import type { CreateWorktreeInput } from './worktree-types.ts';

interface Ports {
  readonly home: Home;
  readonly tokens: GitTokenSource;
}

/**
 * Makes a session's branch and worktree. It continues after an interrupted attempt: the ownership record is
 * written first, and says when both are complete.
 */
export async function createWorktree(
  { home, tokens }: Ports,
  { location, workflowId, from }: CreateWorktreeInput,
  signal: AbortSignal,
): Promise<Base> {
  const owned =
    (await ignoringDamage(readOwnership(home, location.repository, location.issue))) ??
    (await rebuild(home, location, () => baseFrom(location, from, tokens, signal)));
  if (owned) refuseOther(owned, location, workflowId);
  await pruneWorktrees(location.checkout);
  await importOrphanedGit(location);
  if (owned?.ready && (await findWorktree(location))) return owned.base;

  const left = owned ? undefined : await readLeftBranch(home, location.repository, location.issue);
  const former = left?.workflowId === workflowId ? left : undefined;
  const start = owned ? await resume(home, owned) : await begin(location, tokens, former);
  const newest = async () => baseFrom(location, from, tokens, signal);
  const taken =
    start === 'left' ? await takeLeft(location, await newest(), tokens, signal) : undefined;
  const base = taken?.base ?? (start === 'existing' && owned ? owned.base : await newest());
  const createdAt = owned?.createdAt ?? new Date().toISOString();
  const ownership = { workflowId, location, base, createdAt, ready: false };
  await saveOwnership(home, ownership);
  await excludeOwnDirectory(location.checkout);
  if (taken) await changeRefs(location.checkout, taken.changes);
  const exists = taken !== undefined || start === 'existing';
  const commits = [exists ? branchRef(location.branch) : base.tip, base.tip];
  await fetchObjects(location.checkout, { commits }, { tokens, signal });
  await addWorktree(location, exists ? 'existing' : { tip: base.tip }, signal);
  await copyUntracked(location, (await loadConfig(location.checkout)).files);
  await createPrivateGit(location);
  await recordBaseline(location, start === 'existing');
  await saveOwnership(home, { ...ownership, ready: true });
  await forgetLeftBranch(home, location.repository, location.issue);
  return base;
}

/**
 * Continues with the branch that an earlier session of the issue left on the remote, with whatever others
 * have pushed to it since.
 */
async function takeLeft(
  location: SessionLocation,
  newest: Base,
  tokens: GitTokenSource,
  signal: AbortSignal,
) {
  const { checkout, remote, branch } = location;
  const tip = await fetchBranch(checkout, remote, branch, tokens, signal);
  if (tip === undefined) return undefined;
  const common = await mergeBase(checkout, newest.tip, tip);
  const pushed = pushedRef(branch);
  const changes: RefChange[] = [
    { ref: branchRef(branch), from: undefined, to: tip },
    { ref: pushed, from: await tipOf(checkout, pushed), to: tip },
  ];
  return { base: { branch: newest.branch, tip: common ?? newest.tip }, changes };
}

/**
 * Makes a damaged ownership record again. Only Coppice writes these records, so even a damaged one proves
 * that the branch and the worktree are Coppice's.
 */
async function rebuild(
  home: Home,
  location: SessionLocation,
  baseOf: () => Promise<Base>,
): Promise<Ownership | undefined> {
  if (!existsSync(ownershipFile(home, location.repository, location.issue))) return undefined;
  if ((await tipOf(location.checkout, branchRef(location.branch))) === undefined) return undefined;
  const { branch, tip: newest } = await baseOf();
  const tip = (await mergeBase(location.checkout, newest, branchRef(location.branch))) ?? newest;
  return ownershipOf(home, location, { branch, tip }, await isFilled(location));
}

/** Whether the files of the worktree were written. An incomplete worktree is made again. */
async function isFilled({ worktree }: SessionLocation): Promise<boolean> {
  if (!existsSync(join(worktree, '.git'))) return false;
  return existsSync(join(await gitDirectory(worktree), 'index'));
}

function refuseOther(owned: Ownership, location: SessionLocation, workflowId: string): void {
  const same =
    owned.workflowId === workflowId &&
    owned.location.checkout === location.checkout &&
    owned.location.worktree === location.worktree &&
    owned.location.branch === location.branch;
  if (same) return;
  throw new CoppiceError(
    'ForeignBranch',
    `#${location.issue} already has the branch ${owned.location.branch} in ${owned.location.worktree}, made by ${owned.workflowId}: remove it with \`coppice prune\`, or go on there`,
  );
}

/**
 * Checks that the names of branch and worktree are free. An existing branch or directory belongs to somebody
 * else, unless an earlier session left the branch on the remote.
 * @param former what Coppice's own record says of such a branch
 */
async function begin(
  location: SessionLocation,
  tokens: GitTokenSource,
  former: LeftBranch | undefined,
): Promise<'new' | 'left'> {
  const { checkout, worktree, branch, remote } = location;
  const refuse = (what: string): never => {
    throw new CoppiceError(
      'ForeignBranch',
      `${what}, and Coppice did not make it: rename or remove it, or choose another name in coppice.yaml`,
    );
  };
  if ((await tipOf(checkout, branchRef(branch))) !== undefined)
    refuse(`the branch ${branch} is already in ${checkout}`);
  if (existsSync(worktree)) refuse(`${worktree} already exists`);
  const beside = await localObstacle(checkout, branch);
  if (beside !== undefined)
    refuse(`the branch ${beside} is in ${checkout}, and git can’t have ${branch} at the same time`);
  const there = await remoteBranch(checkout, remote, branch, tokens);
  if (there.tip !== undefined && branch === former?.location.branch) {
    if (!former.merged) return 'left';
    throw new CoppiceError(
      'ForeignBranch',
      `the branch ${branch} is still on ${remote}, from the session of #${location.issue} whose pull request was merged: delete it there, or set another name in coppice.yaml`,
    );
  }
  if (there.tip !== undefined) refuse(`the branch ${branch} is already on ${remote}`);
  if (there.obstacle !== undefined)
    refuse(
      `the branch ${there.obstacle} is on ${remote}, which can’t have ${branch} at the same time`,
    );
  return 'new';
}

/** Removes what an interrupted attempt left. A branch with commits of its own is used as it is. */
async function resume(home: Home, owned: Ownership): Promise<'new' | 'existing'> {
  const { location, base } = owned;
  if (owned.ready) {
    if (existsSync(location.worktree))
      throw new CoppiceError(
        'WorktreeLost',
        `${location.worktree} exists, but git does not know it as a worktree: try \`git worktree repair ${location.worktree}\` in ${location.checkout}, or move it away`,
      );
    await saveOwnership(home, { ...owned, ready: false });
  } else await discardWorktree(location);
  const tip = await tipOf(location.checkout, branchRef(location.branch));
  if (tip === undefined) return 'new';
  if (tip !== base.tip) return 'existing';
  await changeRefs(location.checkout, [
    { ref: branchRef(location.branch), from: tip, to: undefined },
  ]);
  return 'new';
}

async function baseFrom(
  { checkout, remote, branch }: SessionLocation,
  from: string,
  tokens: GitTokenSource,
  signal: AbortSignal,
): Promise<Base> {
  const tip = await fetchBranch(checkout, remote, from, tokens, signal);
  if (tip !== undefined) return { branch: from, tip };
  throw new CoppiceError(
    'MissingBaseBranch',
    `${remote} has no branch ${from} to start ${branch} from: push it, or set another \`base\``,
  );
}
