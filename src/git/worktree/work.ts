import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import type { DiffStat, Work } from '../../domain/session/turn.ts';
import { makeTemporary } from '../../process/temporary.ts';
import { git } from '../command/client.ts';
import { gitDirectory } from '../command/directories.ts';
import { GitFailure } from '../command/failure.ts';
import { dirtySubmodules } from '../nested/gitlinks.ts';
import { checkedOutBranch } from '../refs/refs.ts';
import { changes } from './baseline.ts';
import { copyIndex } from './copy-index.ts';
import { isUntracked, OWN_LEFT_OUT } from './status.ts';

/** What a worktree holds beyond its base, committed or not. @throws WorktreeLost */
export async function inspectWork(location: SessionLocation, base: Base): Promise<Work> {
  const { worktree } = location;
  const [branch, head, commits, { own, left }, dirty] = await Promise.all([
    checkedOutBranch(worktree),
    git(worktree, ['rev-parse', 'HEAD']),
    git(worktree, ['rev-list', '--count', `${base.tip}..HEAD`]),
    changes(location),
    dirtySubmodules(worktree),
  ]);
  const changed = new Set([...own.map((status) => status.slice(3)), ...dirty]);
  return {
    branch: branch ?? null,
    head,
    commits: Number(commits),
    uncommitted: changed.size,
    diff: await diffStat(worktree, base.tip, own.filter(isUntracked), left),
  };
}

/** @param left paths of files that git tracks and nobody has worked on */
async function diffStat(
  worktree: string,
  tip: string,
  untracked: readonly string[],
  left: readonly string[],
): Promise<DiffStat> {
  const without = left.slice(0, MOST_LEFT_OUT).map((path) => `:(exclude,top,literal)${path}`);
  const diff = (env: Record<string, string>) =>
    git(worktree, ['diff', ...PLAIN_DIFF, '--shortstat', tip, ...OWN_LEFT_OUT, ...without], {
      env,
    });
  // A directory is a repository of its own.
  const files = untracked.map((status) => status.slice(3)).filter((path) => !path.endsWith('/'));
  return parseShortStat(
    files.length > 0 ? await withUntracked(worktree, files, diff) : await diff({}),
  );
}

/** As many as a command line holds. */
const MOST_LEFT_OUT = 500;

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
        ...{ env, names: true, input: files.join('\0') },
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
