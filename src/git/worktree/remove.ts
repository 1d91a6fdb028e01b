import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { type GitDirectories, hasPrivateGit } from '../command/git-directories.ts';
import { localError } from '../command/local-error.ts';
import { workOutsideCommits } from '../nested/outside.ts';
import { keepNested, type NestedWork, reasonToKeepNested } from '../nested/work.ts';
import { keepLeftovers } from '../private/leftovers.ts';
import { importOrphanedGit, syncBranch } from '../private/sync-branch.ts';
import { incomingRef } from '../private/transfer.ts';
import type { RefChange } from '../refs/ref-change.ts';
import {
  baseRef,
  branchRef,
  changeRefs,
  importedRef,
  preRebaseRef,
  pushedRef,
  rebaseTargetRef,
  removingRef,
  tipOf,
} from '../refs/refs.ts';
import { keepTips, short, unpushedTips } from '../refs/unpushed.ts';
import type { GitTokenSource } from '../remote/remote.ts';
import { removeBaseline } from './baseline-record.ts';
import { fromText } from './byte-paths.ts';
import { copyTree } from './copy-tree.ts';
import { detachedCommits } from './detached-commits.ts';
import { gitDirectories } from './git-file.ts';
import { keepIgnored } from './keep-ignored.ts';
import { removeDirectory } from './remove-directory.ts';
import { isDeleted } from './status.ts';
import { agentChanges } from './uncommitted-changes.ts';
import { listWorktrees, pruneWorktrees, type Worktree, worktreeAt } from './worktrees.ts';

export interface Removal {
  readonly removed: boolean;
  /** Why it was not removed, or what the person should know. */
  readonly reason: string;
}

export interface RemovalOptions {
  /** Head commit of the session's pull request as GitHub has it; empty when there is none. */
  readonly headSha: string;
  /** Directory to which ignored files that are worth keeping are copied. */
  readonly keepIn: string;
  readonly tokens: GitTokenSource;
  /** The base of the branch. Its commits are not the session's work. */
  readonly base?: Base | undefined;
  /**
   * Set by a person's `--force`: uncommitted changes are deleted, and commits that exist nowhere else are
   * kept under `refs/coppice/kept/`.
   */
  readonly force?: boolean;
  /** Whether to report only what would happen. */
  readonly dryRun?: boolean;
}

/**
 * Removes a session's worktree and branch, unless they have work that is not in its pull request. The branch
 * is compared with the pull request's head, because after a squash merge no commit of the branch is in the
 * base. An interrupted removal is finished by another call. Problems with files are returned and not thrown,
 * because a retry would meet them again.
 */
export async function removeWorktree(
  location: SessionLocation,
  options: RemovalOptions,
): Promise<Removal> {
  try {
    return await remove(location, options);
  } catch (error) {
    const reason = localError(error);
    if (reason === undefined) throw error;
    return { removed: false, reason };
  }
}

async function remove(location: SessionLocation, options: RemovalOptions): Promise<Removal> {
  const { checkout, branch } = location;
  const { force = false, keepIn, base, tokens } = options;
  await pruneWorktrees(checkout);
  await importOrphanedGit(location);
  const found = await look(location);
  const unpushed = await unpushedTips(location, options, [
    found.tip,
    found.ours?.head,
    ...found.inside,
  ]);
  const outside = found.directories
    ? await workOutsideCommits(location, found.directories, { base, tokens })
    : [];
  const objection =
    found.spoiled !== undefined && !force
      ? found.spoiled
      : await objectionTo(location, found, { unpushed, outside, force });
  if (objection !== undefined) return { removed: false, reason: objection };
  if (options.dryRun) return { removed: true, reason: '' };

  const { directories } = found;
  const left =
    directories && !hasPrivateGit(directories) ? await detachedCommits(location, directories) : [];
  const asItIs = directories && (await keepOwn(location, directories, keepIn));
  await keepTips(location, [...unpushed, ...left]);
  const kept = asItIs === undefined ? [] : [asItIs];
  for (const work of outside) kept.push(...(await keepNested(location, work, keepIn)));
  const ignored = found.ours ? await keepIgnored(location.worktree, keepIn) : 0;
  const failure = await removeDirectory(location, { ...found, force });
  if (failure !== undefined) return { removed: false, reason: failure };
  const notes = [
    baseRef,
    preRebaseRef,
    rebaseTargetRef,
    pushedRef,
    removingRef,
    importedRef,
    incomingRef,
  ].map((ref) => ref(branch));
  await removeBaseline(location);
  await deleteRefs(checkout, branchRef(branch), found.tip, notes);
  const reasons = [
    ...(ignored === 0 ? [] : [`files that git ignores were kept in ${keepIn}`]),
    ...(kept.length === 0 ? [] : [`commits of repositories in it were kept: ${kept.join(', ')}`]),
  ];
  return { removed: true, reason: reasons.join('; ') };
}

interface Found {
  readonly all: readonly Worktree[];
  readonly ours: Worktree | undefined;
  /** The git directories of our worktree; undefined when its directory does not exist any more. */
  readonly directories: GitDirectories | undefined;
  /** Why commits of the worktree can't be imported into the checkout; undefined when they can. */
  readonly spoiled: string | undefined;
  /** Commits of other worktrees inside ours whose HEAD is detached. */
  readonly inside: readonly (string | undefined)[];
  /** The tip of the branch; undefined when there is no such branch. */
  readonly tip: string | undefined;
  /** Whether an earlier removal was interrupted. Part of the files may be deleted then. */
  readonly begun: boolean;
}

async function look(location: SessionLocation): Promise<Found> {
  const { checkout, worktree, branch } = location;
  const { directories, spoiled } = await takeIn(location);
  const all = await listWorktrees(checkout);
  const ours = worktreeAt(all, worktree);
  const inside = all.filter(({ path }) => ours && path.startsWith(`${ours.path}/`));
  return {
    all,
    ours,
    directories: ours && directories,
    spoiled,
    inside: inside.flatMap((entry) => (entry.branch === undefined ? [entry.head] : [])),
    tip: await tipOf(checkout, branchRef(branch)),
    begun: (await tipOf(checkout, removingRef(branch))) !== undefined,
  };
}

interface TakenIn {
  readonly directories?: GitDirectories;
  readonly spoiled?: string;
}

async function takeIn(location: SessionLocation): Promise<TakenIn> {
  try {
    return { directories: await syncBranch(location) };
  } catch (error) {
    if (!(error instanceof CoppiceError)) throw error;
    if (error.type === 'WorktreeLost') return {};
    return { directories: await gitDirectories(location), spoiled: error.message };
  }
}

/**
 * Keeps commits that only the private git directory has.
 * @returns the path of a copy of the directory, if git can't import from it
 */
async function keepOwn(
  location: SessionLocation,
  directories: GitDirectories,
  keepIn: string,
): Promise<string | undefined> {
  try {
    await keepLeftovers(location, directories);
    return undefined;
  } catch (error) {
    if (!(error instanceof CoppiceError)) throw error;
    const target = join(keepIn, 'repositories', 'git');
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await copyTree(fromText(directories.own), fromText(target), { unlock: true });
    return target;
  }
}

interface Losses {
  readonly unpushed: readonly string[];
  readonly outside: readonly NestedWork[];
  readonly force: boolean;
}

async function objectionTo(
  location: SessionLocation,
  { all, ours, begun }: Found,
  { unpushed, outside, force }: Losses,
): Promise<string | undefined> {
  const { checkout, worktree, branch } = location;
  if (!ours && existsSync(worktree) && !begun)
    return `${worktree} is not a worktree of ${checkout} any more: check it and remove it yourself`;
  if (ours?.locked !== undefined)
    return `${worktree} is locked: run \`git worktree unlock\` when it may be removed`;
  const other = all.find((entry) => entry.branch === branch && entry !== ours);
  if (other) return `${branch} is checked out in ${other.path}`;
  if (force) return undefined;
  if (unpushed.length > 0)
    return `${branch} has commits that are not in its pull request (${unpushed.map(short).join(', ')})`;
  const uncommitted = (ours ? await agentChanges(location, 'left out') : []).filter(
    (status) => !(begun && isDeleted(status)),
  );
  if (uncommitted.length > 0) return `${worktree} has ${uncommitted.length} uncommitted file(s)`;
  const [first] = outside.flatMap((work) => reasonToKeepNested(work) ?? []);
  const more = outside.length > 1 ? `, and ${outside.length - 1} more of them` : '';
  return first === undefined
    ? undefined
    : `${worktree}: ${first}${more}; push those commits or move the files elsewhere`;
}

/**
 * Deletes the branch and Coppice's refs for it. The branch is deleted only if it is still at the tip that was
 * checked.
 */
async function deleteRefs(
  checkout: string,
  branch: string,
  tip: string | undefined,
  notes: readonly string[],
): Promise<void> {
  const changes: RefChange[] = tip === undefined ? [] : [{ ref: branch, from: tip, to: undefined }];
  for (const ref of notes) {
    const from = await tipOf(checkout, ref);
    if (from !== undefined) changes.push({ ref, from, to: undefined });
  }
  await changeRefs(checkout, changes);
}
