import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Place } from '../domain/session.ts';
import { git } from './client.ts';
import { GitFailure } from './failure.ts';
import { keepIgnored } from './keep.ts';
import {
  baseRef,
  beforeRef,
  branchRef,
  changeRefs,
  ontoRef,
  pushedRef,
  type RefChange,
  removingRef,
  tipOf,
} from './refs.ts';
import type { GitTokenSource } from './remote.ts';
import { keepTips, short, unpushedTips } from './unpushed.ts';
import { isDeleted, uncommittedFiles } from './work.ts';
import { listWorktrees, pruneWorktrees, type Worktree, worktreeAt } from './worktrees.ts';

export interface Removal {
  readonly removed: boolean;
  /** Why not, or what is worth knowing. */
  readonly reason: string;
}

export interface RemovalOptions {
  /** Head commit of the session's pull request as GitHub has it; empty when there is none. */
  readonly headSha: string;
  /** Directory that takes the ignored files worth keeping. */
  readonly keepIn: string;
  readonly tokens: GitTokenSource;
  /** A person's `--force`: uncommitted changes go, commits that are nowhere else stay under `refs/coppice/kept/`. */
  readonly force?: boolean;
  /** Only tells what would happen. */
  readonly dryRun?: boolean;
}

/**
 * Removes a session's worktree and branch, unless they hold work that is not in its pull request. Being merged into the
 * base would prove nothing: after a squash no commit of the branch is there.
 * Doing it again after an interruption finishes what is left.
 */
export async function removeWorktree(place: Place, options: RemovalOptions): Promise<Removal> {
  const { checkout, branch } = place;
  await pruneWorktrees(checkout);
  const found = await look(place);
  const unpushed = await unpushedTips(place, options, [found.tip, found.ours?.head]);
  const objection = await objectionTo(place, found, unpushed, options.force === true);
  if (objection !== undefined) return { removed: false, reason: objection };
  if (options.dryRun) return { removed: true, reason: '' };

  await keepTips(place, unpushed);
  const kept = found.ours ? await keepIgnored(place.worktree, options.keepIn) : 0;
  const failure = await removeDirectory(place, found, options.force === true);
  if (failure !== undefined) return { removed: false, reason: failure };
  const notes = [baseRef, beforeRef, ontoRef, pushedRef, removingRef].map((ref) => ref(branch));
  await deleteRefs(checkout, branchRef(branch), found.tip, notes);
  const reason = kept === 0 ? '' : `files that git ignores were kept in ${options.keepIn}`;
  return { removed: true, reason };
}

interface Found {
  readonly all: readonly Worktree[];
  readonly ours: Worktree | undefined;
  /** Of the branch; undefined when there is none. */
  readonly tip: string | undefined;
  /** An earlier removal was interrupted: part of the files may be gone. */
  readonly begun: boolean;
}

async function look({ checkout, worktree, branch }: Place): Promise<Found> {
  const all = await listWorktrees(checkout);
  return {
    all,
    ours: worktreeAt(all, worktree),
    tip: await tipOf(checkout, branchRef(branch)),
    begun: (await tipOf(checkout, removingRef(branch))) !== undefined,
  };
}

async function objectionTo(
  { checkout, worktree, branch }: Place,
  { all, ours, begun }: Found,
  unpushed: readonly string[],
  force: boolean,
): Promise<string | undefined> {
  if (!ours && existsSync(worktree) && !begun)
    return `${worktree} is not a worktree of ${checkout} any more: look at it and remove it yourself`;
  if (ours?.locked !== undefined)
    return `${worktree} is locked: \`git worktree unlock\` it when it may go`;
  const other = all.find((entry) => entry.branch === branch && entry !== ours);
  if (other) return `${branch} is checked out in ${other.path}`;
  if (force) return undefined;
  if (unpushed.length > 0)
    return `${branch} has commits that are not in its pull request (${unpushed.map(short).join(', ')})`;
  const uncommitted = (ours ? await uncommittedFiles(worktree) : []).filter(
    (status) => !(begun && isDeleted(status)),
  );
  if (uncommitted.length > 0) return `${worktree} has ${uncommitted.length} uncommitted file(s)`;
  return undefined;
}

/** @returns why git did not remove it */
async function removeDirectory(
  { checkout, worktree, branch }: Place,
  { ours, tip, begun }: Found,
  force: boolean,
): Promise<string | undefined> {
  const commit = ours?.head ?? tip;
  if (!begun && ours && commit !== undefined)
    await changeRefs(checkout, [{ ref: removingRef(branch), from: undefined, to: commit }]);
  try {
    const forced = force || begun ? ['--force'] : [];
    if (ours) await git(checkout, ['worktree', 'remove', ...forced, '--', worktree]);
    else await rm(worktree, { recursive: true, force: true });
    return undefined;
  } catch (error) {
    if (error instanceof GitFailure) return error.message;
    throw error;
  }
}

/** The branch goes only if it is still at the tip that was looked at. */
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
