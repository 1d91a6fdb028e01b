import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { linkProblems } from '../../git/nested/link-problems.ts';
import { linksSetBack } from '../../git/nested/links-set-back.ts';
import { branchTip } from '../../git/refs/branch.ts';
import { descendsFromBase, foreignBranches } from '../../git/refs/foreign-branches.ts';
import { isAncestor, pushedRef, tipOf } from '../../git/refs/refs.ts';
import { short } from '../../git/refs/unpushed.ts';
import { addedLines, changedNames, commitTexts, largeFiles } from '../../git/remote/added-lines.ts';
import type { GitTokenSource } from '../../git/remote/remote.ts';
import { conflictMarkers } from '../../git/worktree/conflict-markers.ts';
import { findSecrets } from '../../secrets/find.ts';

const MB = 1_000_000;

/** How many findings of each kind are named. */
const SHOWN = 10;

/**
 * Problems of commits that are about to be pushed, as text for the agent; none when they may be pushed. A
 * secret is reported by its place and kind, and never by its value.
 * @param limit the largest file, in MB
 * @param held values of secrets to look for
 */
export async function outgoingProblems(
  location: SessionLocation,
  base: Base,
  limit: number,
  tokens: GitTokenSource,
  held: readonly string[] = [],
): Promise<string[]> {
  const to = await branchTip(location);
  const pushed = await tipOf(location.checkout, pushedRef(location.branch));
  const known = pushed !== undefined && (await isAncestor(location.checkout, pushed, to));
  const range = { from: known ? pushed : base.tip, to };
  const problems: string[] = [];
  if (!(await descendsFromBase(location, base)))
    problems.push(
      `${location.branch} is not based on ${base.branch} any more: rebase its commits onto ${base.tip}`,
    );
  const foreign = await foreignBranches(location, base);
  if (foreign.length > 0)
    problems.push(
      `it contains commits of other issues’ branches: ${named(foreign)}; remove them, and do not use their changes`,
    );
  problems.push(...(await linkProblems(location, base, to, tokens)));
  problems.push(...(await linksSetBack(location, base, range)));
  const marked = await conflictMarkers(location.checkout, range);
  if (marked.length > 0) problems.push(`conflict markers are left in ${marked.join(', ')}`);
  const large = await largeFiles(location, { ...range, limit: limit * MB });
  if (large.length > 0)
    problems.push(
      `files larger than ${limit} MB are committed: ${named(large.map(({ path, bytes }) => `${path} (${Math.round(bytes / MB)} MB)`))}; remove them from the commits`,
    );
  const secrets = await committedSecrets(location, range, held);
  if (secrets.length > 0)
    problems.push(
      `the commits contain what looks like secrets: ${named(secrets)}; remove them from the commits, not only from the files`,
    );
  return problems;
}

async function committedSecrets(
  location: SessionLocation,
  { from, to }: { readonly from: string; readonly to: string },
  held: readonly string[],
): Promise<string[]> {
  const found: string[] = [];
  const look = async (text: string, place: (line: number) => string) => {
    for (const { kind, at } of await secretsIn(text, held))
      found.push(`${place(text.slice(0, at).split('\n').length - 1)} (${kind})`);
  };
  for (const { path, line, text } of await addedLines(location, from, to)) {
    const isBinary = text.includes('\0');
    await look(isBinary ? printable(text) : text, (below) =>
      isBinary ? path : `${path}:${line + below}`,
    );
  }
  for (const { commit, text } of await commitTexts(location, from, to))
    await look(text, () => `the message of ${short(commit)}`);
  const names = await changedNames(location, from, to);
  await look(names.join('\n'), () => 'the name of a file');
  return [...new Set(found)];
}

async function secretsIn(text: string, held: readonly string[]) {
  const known = (await findSecrets(text)).map(({ kind, from }) => ({ kind, at: from }));
  const own = held
    .map((value) => ({ kind: 'a secret of this machine', at: text.indexOf(value) }))
    .filter(({ at }) => at >= 0);
  return [...known, ...own];
}

/** The parts of a binary file that are text. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e]+/g, '\n');

const named = (list: readonly string[]): string =>
  list.length <= SHOWN
    ? list.join(', ')
    : `${list.slice(0, SHOWN).join(', ')} and ${list.length - SHOWN} more`;
