import type { SessionLocation } from '../../domain/session/session.ts';
import { type GitDirectories, isPrivate } from '../command/explicit.ts';
import { GitFailure } from '../command/failure.ts';
import { hasCommit } from '../refs/refs.ts';
import { keepTips } from '../refs/unpushed.ts';
import { leftBehind } from '../worktree/left-behind.ts';
import { bring, gitOver } from './transfer.ts';

/** As many branches and stashes as are kept, the latest ones. */
const MOST = 100;

/**
 * Keeps what only a session's private git has, before it goes: branches that the agent made beside its own, stashes, commits
 * on a detached HEAD. They come into the checkout, under `refs/coppice/kept/`.
 */
export async function keepLeftovers(
  location: SessionLocation,
  found: GitDirectories,
): Promise<void> {
  if (!isPrivate(found)) return;
  const missing: string[] = [];
  for (const tip of new Set(await tipsOf(location, found)))
    if (!(await hasCommit(location.checkout, tip))) missing.push(tip);
  for (const tip of missing) {
    await bring(location, found, tip);
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
  return [...tips, ...(await leftBehind(location, found))].filter((tip) => tip !== '');
}

/** None when git has nothing of that. */
async function linesOf(found: GitDirectories, args: readonly string[]): Promise<string[]> {
  try {
    return (await gitOver(found, args)).split('\n');
  } catch (error) {
    if (error instanceof GitFailure) return [];
    throw error;
  }
}
