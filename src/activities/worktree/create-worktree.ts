import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import type { Base, Place } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { gitDirectory } from '../../git/command/directories.ts';
import { mergeBase } from '../../git/refs/branch.ts';
import { localObstacle } from '../../git/refs/branch-obstacle.ts';
import { branchRef, changeRefs, pushedRef, type RefChange, tipOf } from '../../git/refs/refs.ts';
import { bringObjects } from '../../git/remote/objects.ts';
import { fetchBranch, type GitTokenSource, remoteBranch } from '../../git/remote/remote.ts';
import { takeBaseline } from '../../git/worktree/baseline.ts';
import { excludeOwnDirectory } from '../../git/worktree/exclude.ts';
import { bringFiles } from '../../git/worktree/untracked.ts';
import {
  addWorktree,
  discardWorktree,
  findWorktree,
  pruneWorktrees,
} from '../../git/worktree/worktrees.ts';
import type { Home } from '../../state/home.ts';
import { orNothing } from '../../state/json-file.ts';
import { forgetLeftBranch, readLeftBranch } from '../../state/left-branch.ts';
import {
  type Ownership,
  ownershipFile,
  ownershipOf,
  readOwnership,
  saveOwnership,
} from '../../state/session-store.ts';
import type { CreateWorktreeInput } from '../types.ts';

interface Ports {
  readonly home: Home;
  readonly tokens: GitTokenSource;
}

/**
 * Makes a session's branch and worktree, whatever an earlier attempt left: the ownership record comes first, and says
 * when both are finished.
 */
export async function createWorktree(
  { home, tokens }: Ports,
  { place, workflowId, from }: CreateWorktreeInput,
  signal: AbortSignal,
): Promise<Base> {
  const owned =
    (await orNothing(readOwnership(home, place.repository, place.issue))) ??
    (await rebuild(home, place, () => baseFrom(place, from, tokens, signal)));
  if (owned) refuseOther(owned, place, workflowId);
  await pruneWorktrees(place.checkout);
  if (owned?.ready && (await findWorktree(place))) return owned.base;

  const left = owned ? undefined : await readLeftBranch(home, place.repository, place.issue);
  const former = left?.workflowId === workflowId ? left.place.branch : undefined;
  const start = owned ? await resume(home, owned) : await begin(place, tokens, former);
  const newest = async () => baseFrom(place, from, tokens, signal);
  const taken =
    start === 'left' ? await takeLeft(place, await newest(), tokens, signal) : undefined;
  const base = taken?.base ?? (start === 'existing' && owned ? owned.base : await newest());
  const createdAt = owned?.createdAt ?? new Date().toISOString();
  const ownership = { workflowId, place, base, createdAt, ready: false };
  await saveOwnership(home, ownership);
  await excludeOwnDirectory(place.checkout);
  if (taken) await changeRefs(place.checkout, taken.changes);
  const exists = taken !== undefined || start === 'existing';
  const commits = [exists ? branchRef(place.branch) : base.tip, base.tip];
  await bringObjects(place.checkout, { commits }, { tokens, signal });
  await addWorktree(place, exists ? 'existing' : { tip: base.tip }, signal);
  await bringFiles(place, (await loadConfig(place.checkout)).files);
  await takeBaseline(place, start === 'existing');
  await saveOwnership(home, { ...ownership, ready: true });
  await forgetLeftBranch(home, place.repository, place.issue);
  return base;
}

/** Goes on with the branch that an earlier session of the issue left on the remote, whatever others pushed to it since. */
async function takeLeft(place: Place, newest: Base, tokens: GitTokenSource, signal: AbortSignal) {
  const { checkout, remote, branch } = place;
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

/** Coppice alone writes ownership records: a damaged one still proves that the branch and the worktree of its issue are ours. */
async function rebuild(
  home: Home,
  place: Place,
  baseOf: () => Promise<Base>,
): Promise<Ownership | undefined> {
  if (!existsSync(ownershipFile(home, place.repository, place.issue))) return undefined;
  if ((await tipOf(place.checkout, branchRef(place.branch))) === undefined) return undefined;
  const { branch, tip: newest } = await baseOf();
  const tip = (await mergeBase(place.checkout, newest, branchRef(place.branch))) ?? newest;
  return ownershipOf(home, place, { branch, tip }, await isFilled(place));
}

/** Whether its files were put into it: a worktree that is only half made is made anew. */
async function isFilled({ worktree }: Place): Promise<boolean> {
  if (!existsSync(join(worktree, '.git'))) return false;
  return existsSync(join(await gitDirectory(worktree), 'index'));
}

function refuseOther(owned: Ownership, place: Place, workflowId: string): void {
  const same =
    owned.workflowId === workflowId &&
    owned.place.checkout === place.checkout &&
    owned.place.worktree === place.worktree &&
    owned.place.branch === place.branch;
  if (same) return;
  throw new CoppiceError(
    'ForeignBranch',
    `#${place.issue} already has the branch ${owned.place.branch} in ${owned.place.worktree}, made by ${owned.workflowId}: remove it with \`coppice prune\`, or go on there`,
  );
}

/**
 * Nothing was made yet, so whatever is there is somebody else's, but for what an earlier session left on the remote.
 * @param former the branch that Coppice's own record says is such a one's
 */
async function begin(
  place: Place,
  tokens: GitTokenSource,
  former: string | undefined,
): Promise<'new' | 'left'> {
  const { checkout, worktree, branch, remote } = place;
  const refuse = (what: string): never => {
    throw new CoppiceError(
      'ForeignBranch',
      `${what}, and Coppice did not make it: rename or remove it, or set another name in coppice.yaml`,
    );
  };
  if ((await tipOf(checkout, branchRef(branch))) !== undefined)
    refuse(`the branch ${branch} is already in ${checkout}`);
  if (existsSync(worktree)) refuse(`${worktree} is already there`);
  const beside = await localObstacle(checkout, branch);
  if (beside !== undefined)
    refuse(`the branch ${beside} is in ${checkout}, and git can’t have ${branch} beside it`);
  const there = await remoteBranch(checkout, remote, branch, tokens);
  if (there.tip !== undefined && branch === former) return 'left';
  if (there.tip !== undefined) refuse(`the branch ${branch} is already on ${remote}`);
  if (there.obstacle !== undefined)
    refuse(`the branch ${there.obstacle} is on ${remote}, which can’t have ${branch} beside it`);
  return 'new';
}

/** Clears away what an interrupted attempt left; a branch that holds work is taken as it is. */
async function resume(home: Home, owned: Ownership): Promise<'new' | 'existing'> {
  const { place, base } = owned;
  if (owned.ready) {
    if (existsSync(place.worktree))
      throw new CoppiceError(
        'WorktreeLost',
        `${place.worktree} is there, but git does not know it as a worktree: try \`git worktree repair ${place.worktree}\` in ${place.checkout}, or move it away`,
      );
    await saveOwnership(home, { ...owned, ready: false });
  } else await discardWorktree(place);
  const tip = await tipOf(place.checkout, branchRef(place.branch));
  if (tip === undefined) return 'new';
  if (tip !== base.tip) return 'existing';
  await changeRefs(place.checkout, [{ ref: branchRef(place.branch), from: tip, to: undefined }]);
  return 'new';
}

async function baseFrom(
  { checkout, remote, branch }: Place,
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
