import { git } from '../command/client.ts';
import { branchRef } from './refs.ts';

/**
 * The refs that can't exist together with the ref `prefix` + `name`, because git keeps a ref `a/b` in a
 * directory `a`: those listed in `above`, and all that begin with `below`.
 */
export function refsInTheWay(prefix: string, name: string) {
  const names = name.split('/');
  const above = names.slice(1).map((_, at) => prefix + names.slice(0, at + 1).join('/'));
  const below = `${prefix}${name}/`;
  return { above, below, has: (ref: string) => above.includes(ref) || ref.startsWith(below) };
}

/** The branch that prevents git from making `branch`; undefined when there is none. */
export async function localObstacle(checkout: string, branch: string): Promise<string | undefined> {
  const [first] = await inTheWay(checkout, 'refs/heads/', branch);
  return first?.slice(branchRef('').length);
}

/**
 * The remote-tracking branch that prevents git from fetching `branch`. The remote has deleted that other
 * branch, since it has `branch` now.
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
