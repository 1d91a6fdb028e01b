import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError } from './answers.ts';
import { git } from './git.ts';
import type { EmulatedPullRequest, EmulatedRepository } from './state.ts';

type MergeablePull = Pick<
  EmulatedPullRequest,
  'number' | 'title' | 'head' | 'headSha' | 'base' | 'baseSha'
>;

export type MergeMethod = 'merge' | 'squash' | 'rebase';

/**
 * Merges a pull request's head into its base, as GitHub's three buttons do.
 * @param into the ref that gets the result; the base itself when absent
 * @returns the base branch's new commit
 * @throws ApiError 405 when they conflict
 */
export async function mergeBranches(
  repository: Pick<EmulatedRepository, 'directory' | 'owner'>,
  pull: MergeablePull,
  method: MergeMethod,
  into = `refs/heads/${pull.base}`,
): Promise<string> {
  const { directory } = repository;
  const parent = await mkdtemp(join(tmpdir(), 'emulator-merge-'));
  const work = join(parent, 'work');
  const start = method === 'rebase' ? pull.headSha : pull.baseSha;
  try {
    await git(directory, 'worktree', 'add', '--quiet', '--detach', work, start);
    for (const args of commands(repository, pull, method)) await git(work, ...args);
    const merged = await git(work, 'rev-parse', 'HEAD');
    const moved = into === `refs/heads/${pull.base}` ? [pull.baseSha] : [];
    await git(directory, 'update-ref', into, merged, ...moved);
    return merged;
  } catch {
    throw new ApiError(405, 'Pull Request is not mergeable');
  } finally {
    await rm(parent, { recursive: true, force: true });
    await git(directory, 'worktree', 'prune');
  }
}

/**
 * The commits of `from..head`, put onto another commit.
 * @returns the last of them
 * @throws ApiError 405 when they conflict with it
 */
export async function rebased(
  directory: string,
  { from, head, onto }: { readonly from: string; readonly head: string; readonly onto: string },
): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'emulator-rebase-'));
  const work = join(parent, 'work');
  try {
    await git(directory, 'worktree', 'add', '--quiet', '--detach', work, head);
    await git(work, 'rebase', '--quiet', '--onto', onto, from);
    return await git(work, 'rev-parse', 'HEAD');
  } catch {
    throw new ApiError(405, 'Pull Request is not mergeable');
  } finally {
    await rm(parent, { recursive: true, force: true });
    await git(directory, 'worktree', 'prune');
  }
}

function commands(
  { owner }: Pick<EmulatedRepository, 'owner'>,
  { number, title, head, headSha, baseSha }: MergeablePull,
  method: MergeMethod,
): string[][] {
  if (method === 'rebase') return [['rebase', '--quiet', '--force-rebase', baseSha]];
  if (method === 'squash')
    return [
      ['merge', '--quiet', '--squash', headSha],
      ['commit', '--quiet', '-m', `${title} (#${number})`],
    ];
  const message = `Merge pull request #${number} from ${owner}/${head}\n\n${title}`;
  return [['merge', '--quiet', '--no-ff', '-m', message, headSha]];
}
