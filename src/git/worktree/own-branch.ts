import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { type GitDirectories, hasPrivateGit } from '../command/git-directories.ts';
import { importCommit } from '../private/transfer.ts';
import { localObstacle } from '../refs/branch-obstacle.ts';
import { branchRef, changeRefs, checkedOutBranch, isAncestor, tipOf } from '../refs/refs.ts';
import { listWorktrees } from './worktrees.ts';

/** Files in a worktree's git directory that exist while git has an unfinished operation. */
const UNFINISHED = [
  ...['rebase-merge', 'rebase-apply', 'MERGE_HEAD', 'CHERRY_PICK_HEAD'],
  ...['REVERT_HEAD', 'BISECT_LOG'],
];

/**
 * Checks out the session's branch again, without changing a file, when the agent switched to another branch
 * or detached HEAD and only added commits of its own. The branch moves forward to HEAD's commit. If the agent
 * renamed or deleted the branch, it is made again.
 * @param before the object of each ref before the turn, by full name: commits in them are not the agent's
 * @returns whether the worktree is on the session's branch now
 */
export async function checkOutOwnBranch(
  location: SessionLocation,
  found: GitDirectories,
  before: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { checkout, worktree, branch } = location;
  if ((await checkedOutBranch(worktree)) === branch) return true;
  if (UNFINISHED.some((name) => existsSync(join(found.own, name)))) return false;
  const ref = branchRef(branch);
  const [present, head] = await Promise.all([tipOf(worktree, ref), tipOf(worktree, 'HEAD')]);
  const tip = present ?? before[ref];
  if (tip === undefined || head === undefined) return false;
  await importCommit(location, found, head);
  if (!(await isAncestor(worktree, tip, head))) return false;
  const elsewhere = (await listWorktrees(checkout)).some(
    (entry) => entry.branch === branch && entry.path !== found.worktree,
  );
  if (elsewhere || (await localObstacle(worktree, branch)) !== undefined) return false;
  if (await hasOthers(checkout, { tip, head, before: Object.values(before) })) return false;
  if (present !== head)
    await changeRefs(hasPrivateGit(found) ? worktree : checkout, [
      { ref, from: present, to: head },
    ]);
  await git(worktree, ['symbolic-ref', '-m', `coppice: back on ${branch}`, 'HEAD', ref]);
  return true;
}

/** Whether one of the commits from `tip` to `head` was on another ref before the turn, or is on a remote. */
async function hasOthers(
  checkout: string,
  given: { readonly tip: string; readonly head: string; readonly before: readonly string[] },
): Promise<boolean> {
  const { tip, head, before } = given;
  const count = async (without: readonly string[], ...more: readonly string[]) =>
    Number(
      await git(checkout, ['rev-list', '--count', '--ignore-missing', '--stdin', ...more], {
        input: [head, `^${tip}`, ...new Set(without.map((sha) => `^${sha}`)), ''].join('\n'),
      }),
    );
  return (await count([])) !== (await count(before, '--not', '--remotes'));
}
