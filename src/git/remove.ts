import { existsSync } from 'node:fs';
import { CoppiceError } from '../domain/failure.ts';
import type { Place } from '../domain/session.ts';
import { git } from './client.ts';
import { GitFailure } from './failure.ts';
import { keepIgnored } from './keep.ts';
import {
  baseRef,
  beforeRef,
  branchRef,
  changeRefs,
  hasCommit,
  isAncestor,
  type RefChange,
  tipOf,
} from './refs.ts';
import { fetchCommit, type TokenSource } from './remote.ts';
import { uncommittedFiles } from './work.ts';
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
  readonly tokens: TokenSource;
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
  const { checkout, worktree, branch } = place;
  await pruneWorktrees(checkout);
  const all = await listWorktrees(checkout);
  const ours = worktreeAt(all, worktree);
  const tip = await tipOf(checkout, branchRef(branch));
  const unpushed = await unpushedTips(place, options, [tip, ours?.head]);

  const objection = await objectionTo(place, all, ours, unpushed, options.force === true);
  if (objection !== undefined) return { removed: false, reason: objection };
  if (options.dryRun) return { removed: true, reason: '' };

  await changeRefs(checkout, await keptRefs(place, unpushed));
  let kept = 0;
  if (ours) {
    kept = await keepIgnored(worktree, options.keepIn);
    try {
      const force = options.force ? ['--force'] : [];
      await git(checkout, ['worktree', 'remove', ...force, '--', worktree]);
    } catch (error) {
      if (error instanceof GitFailure) return { removed: false, reason: error.message };
      throw error;
    }
  }
  await deleteRefs(checkout, [branchRef(branch), baseRef(branch), beforeRef(branch)], tip);
  const reason = kept === 0 ? '' : `files that git ignores were kept in ${options.keepIn}`;
  return { removed: true, reason };
}

async function objectionTo(
  { checkout, worktree, branch }: Place,
  all: readonly Worktree[],
  ours: Worktree | undefined,
  unpushed: readonly string[],
  force: boolean,
): Promise<string | undefined> {
  if (!ours && existsSync(worktree))
    return `${worktree} is not a worktree of ${checkout} any more: look at it and remove it yourself`;
  if (ours?.locked !== undefined)
    return `${worktree} is locked: \`git worktree unlock\` it when it may go`;
  const other = all.find((entry) => entry.branch === branch && entry !== ours);
  if (other) return `${branch} is checked out in ${other.path}`;
  if (force) return undefined;
  if (unpushed.length > 0)
    return `${branch} has commits that are not in its pull request (${unpushed.map(short).join(', ')})`;
  const uncommitted = ours ? await uncommittedFiles(worktree) : [];
  if (uncommitted.length > 0) return `${worktree} has ${uncommitted.length} uncommitted file(s)`;
  return undefined;
}

/** The tips that are not, and are not ancestors of, the pull request's head. */
async function unpushedTips(
  { checkout, remote }: Place,
  { headSha, tokens }: RemovalOptions,
  tips: readonly (string | undefined)[],
): Promise<string[]> {
  const different = [...new Set(tips)].filter((tip) => tip !== undefined && tip !== headSha);
  if (different.length === 0) return [];
  const known = headSha !== '' && (await canFind(checkout, remote, headSha, tokens));
  const unpushed: string[] = [];
  for (const tip of different)
    if (tip !== undefined && !(known && (await isAncestor(checkout, tip, headSha))))
      unpushed.push(tip);
  return unpushed;
}

/** Someone may have pushed to the pull request from elsewhere, and its branch may be deleted. */
async function canFind(
  checkout: string,
  remote: string,
  sha: string,
  tokens: TokenSource,
): Promise<boolean> {
  if (await hasCommit(checkout, sha)) return true;
  try {
    await fetchCommit(checkout, remote, sha, tokens);
    return true;
  } catch (error) {
    if (error instanceof CoppiceError) return false;
    throw error;
  }
}

async function keptRefs(place: Place, tips: readonly string[]): Promise<RefChange[]> {
  const changes: RefChange[] = [];
  for (const tip of tips) {
    const ref = `refs/coppice/kept/issue-${place.issue}-${short(tip)}`;
    if ((await tipOf(place.checkout, ref)) === undefined)
      changes.push({ ref, from: undefined, to: tip });
  }
  return changes;
}

/** The branch goes only if it is still at the tip that was looked at. */
async function deleteRefs(
  checkout: string,
  refs: readonly string[],
  branchTip: string | undefined,
): Promise<void> {
  const [branch, ...notes] = refs;
  const changes: RefChange[] = [];
  if (branch !== undefined && branchTip !== undefined)
    changes.push({ ref: branch, from: branchTip, to: undefined });
  for (const ref of notes) {
    const from = await tipOf(checkout, ref);
    if (from !== undefined) changes.push({ ref, from, to: undefined });
  }
  await changeRefs(checkout, changes);
}

const short = (sha: string): string => sha.slice(0, 8);
