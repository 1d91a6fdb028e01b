import { existsSync, realpathSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { git } from '../command/client.ts';
import { commonDirectory } from '../command/directories.ts';
import { stopInterrupted } from '../command/interrupted.ts';
import { exclusively } from '../command/mutex.ts';

export interface Worktree {
  readonly path: string;
  /** The commit of HEAD; undefined for a bare repository. */
  readonly head: string | undefined;
  /** The branch, without `refs/heads/`; undefined when HEAD is detached. */
  readonly branch: string | undefined;
  readonly bare: boolean;
  /** The reason why it is locked, which may be empty; undefined when it is not locked. */
  readonly locked: string | undefined;
}

/**
 * All worktrees of a repository, the main one first. A worktree whose directory was deleted is listed until
 * it is pruned.
 */
export async function listWorktrees(checkout: string): Promise<Worktree[]> {
  const output = await git(checkout, ['worktree', 'list', '--porcelain', '-z']);
  return parseWorktrees(output);
}

/**
 * Parses the output of `git worktree list --porcelain -z`: lines end with NUL, entries with an empty line.
 */
export function parseWorktrees(output: string): Worktree[] {
  return output
    .split('\0\0')
    .filter((entry) => entry !== '')
    .map((entry) => {
      const values = new Map(
        entry.split('\0').map((line) => {
          const [key = '', ...rest] = line.split(' ');
          return [key, rest.join(' ')];
        }),
      );
      return {
        path: values.get('worktree') ?? '',
        head: values.get('HEAD'),
        branch: values.get('branch')?.replace(/^refs\/heads\//, ''),
        bare: values.has('bare'),
        locked: values.get('locked'),
      };
    });
}

/** Finds the worktree at a path. git lists paths without symbolic links. */
export function worktreeAt(all: readonly Worktree[], path: string): Worktree | undefined {
  const parent = dirname(path);
  const real = existsSync(parent) ? join(realpathSync(parent), basename(path)) : path;
  return all.find((worktree) => worktree.path === real);
}

export const findWorktree = async (location: SessionLocation): Promise<Worktree | undefined> =>
  worktreeAt(await listWorktrees(location.checkout), location.worktree);

/**
 * Removes the records of worktrees whose directories are gone. Until then git counts their branches as checked out.
 */
export const pruneWorktrees = (checkout: string): Promise<string> =>
  git(checkout, ['worktree', 'prune']);

/**
 * Makes a worktree with a new branch at `tip`, or with the existing branch. Recording the worktree and
 * writing its files are two commands. So the first one, which must not be interrupted, takes only
 * milliseconds.
 */
export async function addWorktree(
  location: SessionLocation,
  start: { readonly tip: string } | 'existing',
  signal?: AbortSignal,
): Promise<void> {
  const { checkout, worktree, branch } = location;
  const named =
    start === 'existing'
      ? ['--', worktree, branch]
      : // Tracking would be written to the shared config, which fails when several processes do it at once.
        ['--no-track', '-b', branch, '--', worktree, start.tip];
  // While the worktree is being recorded, its HEAD names no commit, and a fetch at that moment would fail.
  await exclusively(await commonDirectory(checkout), () =>
    git(checkout, ['worktree', 'add', '--quiet', '--no-checkout', ...named], { mark: worktree }),
  );
  const config = [PARALLEL];
  await git(worktree, ['reset', '--quiet', '--hard'], { mark: worktree, signal, config });
}

/** The setting with which git writes files with one process for each core, if there are enough files. */
const PARALLEL = ['checkout.workers', '0'] as const;

/**
 * Removes a worktree in which nobody has worked yet, also when its creation was interrupted, and when a git
 * process of the interrupted attempt still runs.
 */
export async function discardWorktree(location: SessionLocation): Promise<void> {
  const { checkout, worktree } = location;
  await stopInterrupted(worktree);
  if (await findWorktree(location)) {
    // The directory is deleted first, because git refuses to remove an incomplete worktree, and accepts a
    // missing one.
    await rm(worktree, { recursive: true, force: true });
    await git(checkout, ['worktree', 'remove', '--force', '--force', '--', worktree]);
  } else if (existsSync(worktree)) {
    const others = (await readdir(worktree)).filter((name) => name !== '.git');
    if (others.length > 0)
      throw new CoppiceError(
        'WorktreeLost',
        `${worktree} holds files that Coppice did not put there: move them away`,
      );
    await rm(worktree, { recursive: true });
  }
}
