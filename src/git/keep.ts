import { constants } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { git } from './client.ts';
import { OWN_DIRECTORY } from './exclude.ts';

/** Directories that a tool makes again by itself: what is in them is not worth keeping. */
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
 * Copies the files that git ignores to `directory`, since they vanish with the worktree: an `.env`, a local database.
 * Build results and caches are left out; links are copied as links.
 * @returns how many files or directories were kept
 */
export async function keepIgnored(worktree: string, directory: string): Promise<number> {
  const wanted = (await ignored(worktree)).filter(isWorthKeeping);
  if (wanted.length > 0) await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const path of wanted) {
    const target = join(directory, path);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(worktree, path), target, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => !REPRODUCIBLE.has(basename(source)),
    });
  }
  return wanted.length;
}

/** Paths of ignored files; a directory that is ignored as a whole comes once, with a `/` at its end. */
async function ignored(worktree: string): Promise<string[]> {
  const args = ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'];
  const output = await git(worktree, args);
  return output.split('\0').filter((path) => path !== '');
}

const isWorthKeeping = (path: string): boolean =>
  !path.split('/').some((segment) => REPRODUCIBLE.has(segment));
