import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './client.ts';

/** Absolute path, without symbolic links, of the git directory that all worktrees share. */
export async function commonDirectory(checkout: string): Promise<string> {
  const usual = join(checkout, '.git');
  // Nearly every operation needs this path, so the usual case is answered without starting git.
  if (lstatSync(usual, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(usual);
  return git(checkout, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
}

/** Absolute path of a worktree's own git directory (`git rev-parse --absolute-git-dir`). */
export const gitDirectory = (worktree: string): Promise<string> =>
  git(worktree, ['rev-parse', '--absolute-git-dir']);
