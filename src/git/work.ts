import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Base, Place } from '../domain/session.ts';
import type { DiffStat, Work } from '../domain/turn.ts';
import { makeTemporary } from '../process/temporary.ts';
import { git } from './client.ts';
import { copyIndex } from './copy-index.ts';
import { gitDirectory } from './directories.ts';
import { OWN_DIRECTORY } from './exclude.ts';
import { GitFailure } from './failure.ts';
import { dirtySubmodules } from './gitlinks.ts';
import { checkedOutBranch } from './refs.ts';

/** What a worktree holds beyond its base, committed or not. @throws WorktreeLost */
export async function inspectWork(place: Place, base: Base): Promise<Work> {
  const { worktree } = place;
  const [branch, head, commits, uncommitted, dirty] = await Promise.all([
    checkedOutBranch(worktree),
    git(worktree, ['rev-parse', 'HEAD']),
    git(worktree, ['rev-list', '--count', `${base.tip}..HEAD`]),
    uncommittedFiles(worktree),
    dirtySubmodules(worktree),
  ]);
  const changed = new Set([...uncommitted.map((status) => status.slice(3)), ...dirty]);
  return {
    branch: branch ?? null,
    head,
    commits: Number(commits),
    uncommitted: changed.size,
    diff: await diffStat(worktree, base.tip, uncommitted.filter(isUntracked)),
  };
}

const OWN_LEFT_OUT = ['--', '.', `:(exclude,top)${OWN_DIRECTORY}`];

/**
 * Files changed and not committed, as `git status` writes them (`?? new.txt`); those git ignores are left out. A submodule
 * counts when another commit of it is there than the recorded one, unless submodules are not wanted. git goes into none:
 * it would run what the submodule's own configuration says.
 */
export async function uncommittedFiles(
  worktree: string,
  submodules: 'by commit' | 'left out' = 'by commit',
): Promise<string[]> {
  const output = await git(worktree, [
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=all',
    `--ignore-submodules=${submodules === 'left out' ? 'all' : 'dirty'}`,
    ...OWN_LEFT_OUT,
  ]);
  return output.split('\0').filter((line) => line !== '');
}

export const isUntracked = (status: string): boolean => status.startsWith('??');

export const isDeleted = (status: string): boolean => status.startsWith(' D');

async function diffStat(
  worktree: string,
  tip: string,
  untracked: readonly string[],
): Promise<DiffStat> {
  const diff = (env: Record<string, string>) =>
    git(worktree, ['diff', ...PLAIN_DIFF, '--shortstat', tip, ...OWN_LEFT_OUT], { env });
  // A directory is a repository of its own.
  const files = untracked.map((status) => status.slice(3)).filter((path) => !path.endsWith('/'));
  return parseShortStat(
    files.length > 0 ? await withUntracked(worktree, files, diff) : await diff({}),
  );
}

const PLAIN_DIFF = [
  ...['--no-ext-diff', '--no-textconv', '--no-color', '--find-renames'],
  '--ignore-submodules=dirty',
];

/** git leaves untracked files out of a diff: in a copy of the index they are announced, and the agent's index is left alone. */
async function withUntracked<T>(
  worktree: string,
  files: readonly string[],
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const directory = makeTemporary('index');
  try {
    const env = { GIT_INDEX_FILE: join(directory, 'index') };
    await copyIndex(join(await gitDirectory(worktree), 'index'), env.GIT_INDEX_FILE);
    await announce(worktree, files, env);
    return await work(env);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What git can't add, such as a device or a file it may not read, is left out. */
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
        ...{ env, input: files.join('\0') },
      },
    );
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
  }
}

/** Reads ` 3 files changed, 42 insertions(+), 5 deletions(-)`, of which any part may be missing. */
export function parseShortStat(output: string): DiffStat {
  const count = (what: RegExp) => Number(what.exec(output)?.[1] ?? 0);
  return {
    files: count(/(\d+) files? changed/),
    insertions: count(/(\d+) insertions?\(/),
    deletions: count(/(\d+) deletions?\(/),
  };
}
