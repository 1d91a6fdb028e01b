import { join } from 'node:path';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { branchRef } from '../refs/refs.ts';
import { reflogLines } from './detached-commits.ts';
import { gitDirectories } from './git-file.ts';
import { listWorktrees } from './worktrees.ts';

/** A branch on which the session worked, and that is not the session's own. */
export interface OtherBranch {
  readonly name: string;
  readonly tip: string;
}

/**
 * Other branches that were checked out in the session's worktree and have changes that the session's branch
 * lacks. Changes that are on a remote, or that were only rebased or squashed, are not missing.
 */
export async function otherBranches(location: SessionLocation, base: Base): Promise<OtherBranch[]> {
  const { checkout, worktree, branch } = location;
  const { own } = await gitDirectories(location);
  const visited = new Set(
    reflogLines(join(own, 'logs', 'HEAD')).map((line) => line.split(' ', 2)[1]),
  );
  if (visited.size === 0) return [];
  const elsewhere = (await listWorktrees(checkout)).map((worktree) => worktree.branch);
  const format = '--format=%(objectname) %(refname:lstrip=2)';
  const all = await git(worktree, ['for-each-ref', format, 'refs/heads']);
  const found: OtherBranch[] = [];
  for (const line of all.split('\n')) {
    const [tip = '', name = ''] = [
      line.slice(0, line.indexOf(' ')),
      line.slice(line.indexOf(' ') + 1),
    ];
    if (name === branch || elsewhere.includes(name) || !visited.has(tip)) continue;
    if (await hasMore(location, base, tip)) found.push({ name, tip });
  }
  return found;
}

async function hasMore(
  { worktree, branch }: SessionLocation,
  base: Base,
  tip: string,
): Promise<boolean> {
  const own = branchRef(branch);
  const count = ['rev-list', '--count', '--cherry-pick', '--right-only', '--no-merges'];
  const not = ['--not', '--remotes', base.tip];
  if (Number(await git(worktree, [...count, `${own}...${tip}`, ...not])) === 0) return false;
  const trees = await git(worktree, ['log', '--format=%T', own, '--not', base.tip]);
  return !trees.split('\n').includes(await git(worktree, ['rev-parse', `${tip}^{tree}`]));
}
