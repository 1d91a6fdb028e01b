import { git } from '../command/client.ts';
import { branchRef } from './refs.ts';

/**
 * The refs that git can't have beside the ref `prefix` + `name`, since it keeps a ref `a/b` in a directory `a`: those
 * named in `above`, and all that begin with `below`.
 */
export function refsInTheWay(prefix: string, name: string) {
  const names = name.split('/');
  const above = names.slice(1).map((_, at) => prefix + names.slice(0, at + 1).join('/'));
  const below = `${prefix}${name}/`;
  return { above, below, has: (ref: string) => above.includes(ref) || ref.startsWith(below) };
}

/** The branch of the repository because of which git can't make `branch`, if there is one. */
export async function localObstacle(checkout: string, branch: string): Promise<string | undefined> {
  const [first] = await inTheWay(checkout, 'refs/heads/', branch);
  return first?.slice(branchRef('').length);
}

/**
 * What the repository remembers of another branch of the remote, because of which it can't remember `branch`: the remote has
 * deleted that one, as it has `branch` now.
 */
export async function staleTracking(
  checkout: string,
  remote: string,
  branch: string,
): Promise<string | undefined> {
  const [first] = await inTheWay(checkout, `refs/remotes/${remote}/`, branch);
  return first?.slice('refs/remotes/'.length);
}

async function inTheWay(checkout: string, prefix: string, name: string): Promise<string[]> {
  const { above, below, has } = refsInTheWay(prefix, name);
  const args = ['for-each-ref', '--format=%(refname)', '--', ...above, below];
  return (await git(checkout, args)).split('\n').filter(has);
}
