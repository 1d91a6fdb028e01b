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
  const { headSha: head, baseSha: base } = pull;
  const merged =
    method === 'rebase'
      ? await rebased(directory, { from: base, head, onto: base })
      : await commitMerge(repository, pull, method);
  const moved = into === `refs/heads/${pull.base}` ? [base] : [];
  await orNotMergeable(() => git(directory, 'update-ref', into, merged, ...moved));
  return merged;
}

/**
 * The commits of `from..head`, put onto another commit, as new ones.
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
    return await orNotMergeable(async () => {
      await git(directory, 'worktree', 'add', '--quiet', '--detach', work, head);
      await git(work, 'rebase', '--quiet', '--force-rebase', '--onto', onto, from);
      return git(work, 'rev-parse', 'HEAD');
    });
  } finally {
    await rm(parent, { recursive: true, force: true });
    await git(directory, 'worktree', 'prune');
  }
}

/** Without a work tree: it takes less time. */
function commitMerge(
  { directory, owner }: Pick<EmulatedRepository, 'directory' | 'owner'>,
  { number, title, head, headSha, baseSha }: MergeablePull,
  method: 'merge' | 'squash',
): Promise<string> {
  const message =
    method === 'squash'
      ? `${title} (#${number})`
      : `Merge pull request #${number} from ${owner}/${head}\n\n${title}`;
  const parents = method === 'squash' ? [baseSha] : [baseSha, headSha];
  return orNotMergeable(async () => {
    const tree = await git(directory, 'merge-tree', '--write-tree', baseSha, headSha);
    return git(
      ...([directory, 'commit-tree', tree, '-m', message] as const),
      ...parents.flatMap((parent) => ['-p', parent]),
    );
  });
}

async function orNotMergeable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch {
    throw new ApiError(405, 'Pull Request is not mergeable');
  }
}
