import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { branchRef } from '../refs/refs.ts';
import { gitDirectories } from '../remote/pointers.ts';
import { listWorktrees } from './worktrees.ts';

/** A branch that the session made beside its own. */
export interface OtherBranch {
  readonly name: string;
  readonly tip: string;
}

/**
 * Branches on which the session's worktree has been, and that hold changes which its own branch lacks. What a remote has,
 * and what was only rebased or squashed, is not missing.
 */
export async function otherBranches(location: SessionLocation, base: Base): Promise<OtherBranch[]> {
  const { checkout, branch } = location;
  const { own } = await gitDirectories(location);
  const log = join(own, 'logs', 'HEAD');
  if (!existsSync(log)) return [];
  const visited = new Set(
    readFileSync(log, 'utf8')
      .split('\n')
      .map((line) => line.split(' ', 2)[1]),
  );
  const elsewhere = (await listWorktrees(checkout)).map((worktree) => worktree.branch);
  const format = '--format=%(objectname) %(refname:lstrip=2)';
  const all = await git(checkout, ['for-each-ref', format, 'refs/heads']);
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
  { checkout, branch }: SessionLocation,
  base: Base,
  tip: string,
): Promise<boolean> {
  const own = branchRef(branch);
  const count = ['rev-list', '--count', '--cherry-pick', '--right-only', '--no-merges'];
  const not = ['--not', '--remotes', base.tip];
  if (Number(await git(checkout, [...count, `${own}...${tip}`, ...not])) === 0) return false;
  const trees = await git(checkout, ['log', '--format=%T', own, '--not', base.tip]);
  return !trees.split('\n').includes(await git(checkout, ['rev-parse', `${tip}^{tree}`]));
}
