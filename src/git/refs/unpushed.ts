import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { fetchCommit, type GitTokenSource } from '../remote/remote.ts';
import type { RefChange } from './ref-change.ts';
import { baseRef, changeRefs, hasCommit, isAncestor, tipOf } from './refs.ts';
import { holdsSamePatches } from './same-patches.ts';

/** Where the session's commits are published. */
interface Published {
  /** Head commit of the pull request; empty when there is none. */
  readonly headSha: string;
  readonly base?: Base | undefined;
  readonly tokens: GitTokenSource;
}

/** The first 8 characters of a commit id, for messages. */
export const short = (sha: string): string => sha.slice(0, 8);

/**
 * The tips that are neither in the pull request's head nor in the base. If a branch was rebased, and its pull
 * request was merged before the result was pushed, its commits are in the head with other parents: they count
 * as pushed.
 */
export async function unpushedTips(
  { checkout, remote, branch }: SessionLocation,
  { headSha, tokens, base }: Published,
  tips: readonly (string | undefined)[],
): Promise<string[]> {
  const different = [...new Set(tips)].filter((tip) => tip !== undefined && tip !== headSha);
  if (different.length === 0) return [];
  const known = headSha !== '' && (await canFind(checkout, remote, headSha, tokens));
  const bases = [base?.tip, await tipOf(checkout, baseRef(branch))];
  const unpushed: string[] = [];
  for (const tip of different)
    if (tip !== undefined) {
      const isIn = async (commit: string | undefined) =>
        commit !== undefined &&
        (await hasCommit(checkout, commit)) &&
        (await isAncestor(checkout, tip, commit));
      if ((known && (await isIn(headSha))) || (await isIn(base?.tip))) continue;
      const besides: string[] = [];
      for (const commit of bases)
        if (commit !== undefined && (await hasCommit(checkout, commit))) besides.push(commit);
      if (known && (await holdsSamePatches(checkout, tip, headSha, besides))) continue;
      unpushed.push(tip);
    }
  return unpushed;
}

/**
 * Whether the commit is in the repository or can be fetched. Somebody may have pushed to the pull request
 * from elsewhere, and its branch may be deleted.
 */
async function canFind(
  checkout: string,
  remote: string,
  sha: string,
  tokens: GitTokenSource,
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

/**
 * Makes a ref under `refs/coppice/kept/` for each commit, so that git keeps it when its branch is deleted.
 */
export async function keepTips(location: SessionLocation, tips: readonly string[]): Promise<void> {
  const changes: RefChange[] = [];
  for (const tip of tips) {
    const ref = `refs/coppice/kept/issue-${location.issue}-${short(tip)}`;
    if ((await tipOf(location.checkout, ref)) === undefined)
      changes.push({ ref, from: undefined, to: tip });
  }
  await changeRefs(location.checkout, changes);
}
