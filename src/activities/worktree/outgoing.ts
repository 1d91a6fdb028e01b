import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { linkProblems } from '../../git/nested/link-problems.ts';
import { branchTip } from '../../git/refs/branch.ts';
import { descendsFromBase, foreignBranches } from '../../git/refs/foreign.ts';
import { isAncestor, pushedRef, tipOf } from '../../git/refs/refs.ts';
import { addedLines, largeFiles } from '../../git/remote/added.ts';
import type { GitTokenSource } from '../../git/remote/remote.ts';
import { conflictMarkers } from '../../git/worktree/markers.ts';
import { findSecrets } from '../../secrets/find.ts';

const MB = 1_000_000;

/** How many findings of a kind are named. */
const SHOWN = 10;

/**
 * What is wrong with the commits that are about to be pushed, in words for the agent; none when they may go. A secret is
 * told by its place and kind, never by itself.
 * @param limit the largest file, in MB
 */
export async function outgoingProblems(
  location: SessionLocation,
  base: Base,
  limit: number,
  tokens: GitTokenSource,
): Promise<string[]> {
  const to = await branchTip(location);
  const pushed = await tipOf(location.checkout, pushedRef(location.branch));
  const known = pushed !== undefined && (await isAncestor(location.checkout, pushed, to));
  const range = { from: known ? pushed : base.tip, to };
  const problems: string[] = [];
  if (!(await descendsFromBase(location, base)))
    problems.push(
      `${location.branch} does not stand on ${base.branch} any more: put its commits onto ${base.tip} again`,
    );
  const foreign = await foreignBranches(location, base);
  if (foreign.length > 0)
    problems.push(
      `commits of other issues’ branches are in it: ${named(foreign)}; take them out, and use nothing of them`,
    );
  problems.push(...(await linkProblems(location, base, to, tokens)));
  const marked = await conflictMarkers(location.worktree, range.from);
  if (marked.length > 0) problems.push(`conflict markers are left in ${marked.join(', ')}`);
  const large = await largeFiles(location, { ...range, limit: limit * MB });
  if (large.length > 0)
    problems.push(
      `files larger than ${limit} MB are committed: ${named(large.map(({ path, bytes }) => `${path} (${Math.round(bytes / MB)} MB)`))}; take them out of the commits`,
    );
  const secrets = await committedSecrets(location, range);
  if (secrets.length > 0)
    problems.push(
      `what looks like secrets is committed: ${named(secrets)}; take them out of the commits, not only out of the files`,
    );
  return problems;
}

async function committedSecrets(
  location: SessionLocation,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<string[]> {
  const found: string[] = [];
  for (const { path, line, text } of await addedLines(location, from, to))
    for (const secret of await findSecrets(text)) {
      const at = line + text.slice(0, secret.from).split('\n').length - 1;
      found.push(`${path}:${at} (${secret.kind})`);
    }
  return [...new Set(found)];
}

const named = (list: readonly string[]): string =>
  list.length <= SHOWN
    ? list.join(', ')
    : `${list.slice(0, SHOWN).join(', ')} and ${list.length - SHOWN} more`;
