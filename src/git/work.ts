import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Base, Place } from '../domain/session.ts';
import type { DiffStat, Work } from '../domain/turn.ts';
import { git } from './client.ts';
import { gitDirectory } from './directories.ts';
import { OWN_DIRECTORY } from './exclude.ts';
import { GitFailure } from './failure.ts';
import { checkedOutBranch } from './refs.ts';

/** What a worktree holds beyond its base, committed or not. @throws WorktreeLost */
export async function inspectWork(place: Place, base: Base): Promise<Work> {
  const { worktree } = place;
  const [branch, head, commits, uncommitted] = await Promise.all([
    checkedOutBranch(worktree),
    git(worktree, ['rev-parse', 'HEAD']),
    git(worktree, ['rev-list', '--count', `${base.tip}..HEAD`]),
    uncommittedFiles(worktree),
  ]);
  return {
    branch: branch ?? null,
    head,
    commits: Number(commits),
    uncommitted: uncommitted.length,
    diff: await diffStat(worktree, base.tip, uncommitted.some(isUntracked)),
  };
}

const OWN_LEFT_OUT = ['--', '.', `:(exclude,top)${OWN_DIRECTORY}`];

/** Files changed and not committed, as `git status` writes them (`?? new.txt`); those git ignores are left out. */
export async function uncommittedFiles(worktree: string): Promise<string[]> {
  const output = await git(worktree, [
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=all',
    ...OWN_LEFT_OUT,
  ]);
  return output.split('\0').filter((line) => line !== '');
}

export const isUntracked = (status: string): boolean => status.startsWith('??');

export const isDeleted = (status: string): boolean => status.startsWith(' D');

async function diffStat(worktree: string, tip: string, untracked: boolean): Promise<DiffStat> {
  const diff = (env: Record<string, string>) =>
    git(worktree, ['diff', ...PLAIN_DIFF, '--shortstat', tip, ...OWN_LEFT_OUT], { env });
  return parseShortStat(untracked ? await withUntracked(worktree, diff) : await diff({}));
}

const PLAIN_DIFF = ['--no-ext-diff', '--no-textconv', '--no-color', '--find-renames'];

/** git leaves untracked files out of a diff: in a copy of the index they are announced, and the agent's index is left alone. */
async function withUntracked<T>(
  worktree: string,
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'coppice-index-'));
  try {
    const env = { GIT_INDEX_FILE: join(directory, 'index') };
    await copyFile(join(await gitDirectory(worktree), 'index'), env.GIT_INDEX_FILE);
    await announceUntracked(worktree, env);
    return await work(env);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What git can't add, such as a device or a file it may not read, is left out. */
async function announceUntracked(worktree: string, env: Record<string, string>): Promise<void> {
  try {
    await git(worktree, ['add', '--intent-to-add', '--ignore-errors', '--', '.'], { env });
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
