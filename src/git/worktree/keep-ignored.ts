import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { git } from '../command/client.ts';
import { type BytePath, fromText, parsePaths, QUOTED, toText } from './byte-paths.ts';
import { copyTree, makeParents } from './copy-tree.ts';
import { OWN_DIRECTORY } from './exclude.ts';

/** Directories that tools can make again, so their content is not worth keeping. */
const REPRODUCIBLE = new Set([
  OWN_DIRECTORY,
  'node_modules',
  'bower_components',
  'dist',
  'build',
  'out',
  'target',
  'coverage',
  'venv',
  '.venv',
  '.tox',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.cache',
  '.gradle',
  '.next',
  '.nuxt',
  '.svelte-kit',
  '.parcel-cache',
  '.turbo',
]);

/**
 * Copies files that git ignores to `directory`, such as an `.env` or a local database, because they are
 * removed with the worktree. Build results, caches, pipes and sockets are left out. Links are copied as
 * links.
 * @returns how many files or directories were kept
 * @throws LocalFailure naming what can't be copied
 */
export async function keepIgnored(worktree: string, directory: string): Promise<number> {
  const [from, to] = [fromText(worktree), fromText(directory)];
  let kept = 0;
  for (const path of (await ignored(worktree)).filter(isWorthKeeping)) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if ((await keep(from, to, path)) > 0) kept++;
  }
  return kept;
}

async function keep(worktree: BytePath, directory: BytePath, path: BytePath): Promise<number> {
  try {
    await makeParents(directory, path);
    const options = { except: REPRODUCIBLE, unlock: true };
    return await copyTree(join(worktree, path), join(directory, path), options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // The error of a full disk has its own message elsewhere.
    if (code === undefined || code === 'ENOSPC' || code === 'EDQUOT') throw error;
    throw new CoppiceError(
      'LocalFailure',
      `${toText(join(worktree, path))}, which git ignores, can’t be copied before the worktree is removed (${message}): move it away or remove it`,
    );
  }
}

/** Paths of ignored files. A directory that is ignored completely is one path. */
async function ignored(worktree: string): Promise<BytePath[]> {
  const args = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory'];
  const paths = parsePaths(await git(worktree, args, { config: [QUOTED] }));
  return paths.map((path) => path.replace(/\/$/, ''));
}

/** Whether the path is not in a directory that tools can make again. */
export const isWorthKeeping = (path: BytePath): boolean =>
  !path.split('/').some((segment) => REPRODUCIBLE.has(segment));
