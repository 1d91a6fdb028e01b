import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { MOST_CHANGED, type Work } from '../../domain/session/turn.ts';
import { git } from '../command/client.ts';
import { gitDirectory } from '../command/directories.ts';
import { GitFailure } from '../command/failure.ts';
import { makeGitTemporary } from '../command/git-directories.ts';
import { dirtySubmodules } from '../nested/gitlinks.ts';
import { checkedOutBranch } from '../refs/refs.ts';
import { copyIndex } from './copy-index.ts';
import { isUntracked, WITHOUT_OWN_DIRECTORY } from './status.ts';
import { uncommittedChanges } from './uncommitted-changes.ts';

/**
 * The work in a worktree since its base, committed or not.
 * @throws WorktreeLost
 */
export async function inspectWork(location: SessionLocation, base: Base): Promise<Work> {
  const { worktree } = location;
  const [branch, head, commits, { own, left }, dirty] = await Promise.all([
    checkedOutBranch(worktree),
    git(worktree, ['rev-parse', 'HEAD']),
    git(worktree, ['rev-list', '--count', `${base.tip}..HEAD`]),
    uncommittedChanges(location),
    dirtySubmodules(worktree),
  ]);
  const changed = new Set([...own.map((status) => status.slice(3)), ...dirty]);
  return {
    branch: branch ?? null,
    head,
    commits: Number(commits),
    uncommitted: changed.size,
    ...(await diffStat(worktree, base.tip, own.filter(isUntracked), left)),
  };
}

type Changes = Required<Pick<Work, 'diff' | 'changed'>>;

/**
 * Counts the changes since `tip`.
 * @param left paths of tracked files whose changes are in the baseline
 */
async function diffStat(
  worktree: string,
  tip: string,
  untracked: readonly string[],
  left: readonly string[],
): Promise<Changes> {
  const without = left.slice(0, MOST_LEFT_OUT).map((path) => `:(exclude,top,literal)${path}`);
  const diff = (env: Record<string, string>) =>
    git(
      worktree,
      ['diff', ...PLAIN_DIFF, '--numstat', '-z', tip, ...WITHOUT_OWN_DIRECTORY, ...without],
      {
        env,
      },
    );
  // A path that ends with `/` is a nested repository.
  const files = untracked.map((status) => status.slice(3)).filter((path) => !path.endsWith('/'));
  return parseNumStat(
    files.length > 0 ? await withUntracked(worktree, files, diff) : await diff({}),
  );
}

/** How many paths are excluded at most, because a command line has a limited length. */
const MOST_LEFT_OUT = 500;

const PLAIN_DIFF = [
  ...['--no-ext-diff', '--no-textconv', '--no-color', '--find-renames'],
  '--ignore-submodules=dirty',
];

/**
 * Runs `work` with a copy of the index to which untracked files are added, because git leaves them out of a
 * diff otherwise. The agent's own index does not change.
 */
async function withUntracked<T>(
  worktree: string,
  files: readonly string[],
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const directory = makeGitTemporary(worktree);
  try {
    const env = { GIT_INDEX_FILE: join(directory, 'index') };
    await copyIndex(join(await gitDirectory(worktree), 'index'), env.GIT_INDEX_FILE);
    await announce(worktree, files, env);
    return await work(env);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Adds untracked files to the index, without their content. Files that git can't add, such as a device, are
 * left out.
 */
async function announce(
  worktree: string,
  files: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const from = ['--pathspec-from-file=-', '--pathspec-file-nul'];
  try {
    await git(
      worktree,
      ['--literal-pathspecs', 'add', '--intent-to-add', '--ignore-errors', ...from],
      {
        ...{ env, names: true, input: files.join('\0') },
      },
    );
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
  }
}

/**
 * Parses lines `3<TAB>1<TAB>path` that end with NUL. A binary file has `-` for both numbers. A renamed file
 * has no path there, but two more lines with its old and new name.
 */
export function parseNumStat(output: string): Changes {
  const lines = output.split('\0').filter((line) => line !== '');
  const diff = { files: 0, insertions: 0, deletions: 0 };
  const changed: string[] = [];
  for (const line of lines) {
    const [, inserted, deleted, path = ''] = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(line) ?? [];
    if (inserted !== undefined) {
      diff.files += 1;
      diff.insertions += Number(inserted) || 0;
      diff.deletions += Number(deleted) || 0;
    }
    const name = inserted === undefined ? line : path;
    if (isPlainName(name) && changed.length < MOST_CHANGED) changed.push(name);
  }
  return { diff, changed };
}

/** Whether a file name can be shown in one line. Other names are left out. */
const isPlainName = (name: string): boolean =>
  name.length <= 300 && /^[^\p{C}\ufffd]+$/u.test(name);
