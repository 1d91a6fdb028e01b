import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { currentBase, mergeBase } from './branch.ts';
import { branchRef, isAncestor, pushedRef, tipOf } from './refs.ts';

const PUSHED = pushedRef('');

/** How many commits of the branch are looked for in other branches. */
const MOST = 500;

/**
 * Branches of other sessions whose commits the session's branch contains, although it is not based on them
 * and did not have them when it was last pushed. Commits of the base branch or of the remote's default branch
 * belong to no session.
 */
export async function foreignBranches(location: SessionLocation, base: Base): Promise<string[]> {
  const { checkout, remote, branch } = location;
  const known = [
    ...[pushedRef(branch), `refs/remotes/${remote}/${base.branch}`, `refs/remotes/${remote}/HEAD`],
  ];
  const tips = await Promise.all(known.map((ref) => tipOf(checkout, ref)));
  const not = [await currentBase(location, base), ...tips.filter((tip) => tip !== undefined)];
  const listed = ['rev-list', `--max-count=${MOST}`, branchRef(branch), '--not', ...not];
  const commits = (await git(checkout, listed)).split('\n').filter((commit) => commit !== '');
  if (commits.length === 0) return [];
  const containing = commits.map((commit) => `--contains=${commit}`);
  const format = '--format=%(refname)';
  const found = await git(checkout, ['for-each-ref', format, ...containing, PUSHED]);
  return found
    .split('\n')
    .map((ref) => ref.slice(PUSHED.length))
    .filter((name) => name !== '' && name !== branch);
}

/** Whether the branch still contains its base, or lost it through a push of somebody else. */
export async function descendsFromBase(location: SessionLocation, base: Base): Promise<boolean> {
  const { checkout, branch } = location;
  const from = await currentBase(location, base);
  if (await isAncestor(checkout, from, branchRef(branch))) return true;
  const pushed = await tipOf(checkout, pushedRef(branch));
  const isTheirs = pushed !== undefined && !(await isAncestor(checkout, from, pushed));
  return isTheirs && (await mergeBase(checkout, from, branchRef(branch))) !== undefined;
}
