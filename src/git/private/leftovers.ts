import type { SessionLocation } from '../../domain/session/session.ts';
import { GitFailure } from '../command/failure.ts';
import { type GitDirectories, hasPrivateGit } from '../command/git-directories.ts';
import { hasCommit } from '../refs/refs.ts';
import { keepTips } from '../refs/unpushed.ts';
import { detachedCommits } from '../worktree/detached-commits.ts';
import { gitInPrivate, importCommit } from './transfer.ts';

/** How many branches, and how many stashes, are kept at most: the latest ones. */
const MOST = 100;

/**
 * Keeps commits that only a session's private git directory has, before that directory is removed: other
 * branches that the agent made, stashes, and commits on a detached HEAD. They are imported into the checkout,
 * under `refs/coppice/kept/`.
 */
export async function keepLeftovers(
  location: SessionLocation,
  found: GitDirectories,
): Promise<void> {
  if (!hasPrivateGit(found)) return;
  const missing: string[] = [];
  for (const tip of new Set(await tipsOf(location, found)))
    if (!(await hasCommit(location.checkout, tip))) missing.push(tip);
  for (const tip of missing) {
    await importCommit(location, found, tip);
    await keepTips(location, [tip]);
  }
}

async function tipsOf(location: SessionLocation, found: GitDirectories): Promise<string[]> {
  const lists = [
    [
      'for-each-ref',
      `--count=${MOST}`,
      '--sort=-committerdate',
      '--format=%(objectname)',
      'refs/heads',
    ],
    ['log', '--walk-reflogs', `--max-count=${MOST}`, '--format=%H', 'refs/stash', '--'],
    ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'],
  ];
  const tips: string[] = [];
  for (const args of lists) tips.push(...(await linesOf(found, args)));
  return [...tips, ...(await detachedCommits(location, found))].filter((tip) => tip !== '');
}

/** The lines that git prints; none when git fails, for example because there is no stash. */
async function linesOf(found: GitDirectories, args: readonly string[]): Promise<string[]> {
  try {
    return (await gitInPrivate(found, args)).split('\n');
  } catch (error) {
    if (error instanceof GitFailure) return [];
    throw error;
  }
}
