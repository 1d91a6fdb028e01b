import { git } from './client.ts';
import { branchRef, changeRefs, type RefChange, tipOf } from './refs.ts';

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
 * Takes away what the repository remembers of branches that the remote must have deleted since, as it has `branch` now.
 * Their commits stay, under `refs/coppice/kept/`.
 * @returns whether there were any
 */
export async function forgetStale(
  checkout: string,
  remote: string,
  branch: string,
): Promise<boolean> {
  const changes: RefChange[] = [];
  for (const ref of await inTheWay(checkout, `refs/remotes/${remote}/`, branch)) {
    const tip = await tipOf(checkout, ref);
    if (tip === undefined) continue;
    const kept = `refs/coppice/kept/${ref.slice('refs/remotes/'.length).replaceAll('/', '-')}-${tip.slice(0, 8)}`;
    if ((await tipOf(checkout, kept)) === undefined)
      changes.push({ ref: kept, from: undefined, to: tip });
    changes.push({ ref, from: tip, to: undefined });
  }
  await changeRefs(checkout, changes);
  return changes.length > 0;
}

async function inTheWay(checkout: string, prefix: string, name: string): Promise<string[]> {
  const { above, below, has } = refsInTheWay(prefix, name);
  const args = ['for-each-ref', '--format=%(refname)', '--', ...above, below];
  return (await git(checkout, args)).split('\n').filter(has);
}
