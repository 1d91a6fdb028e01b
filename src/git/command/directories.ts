import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './client.ts';

/** Absolute path, without symbolic links, of the git directory that all worktrees share. */
export async function commonDirectory(checkout: string): Promise<string> {
  const usual = join(checkout, '.git');
  // Asked for by nearly everything: git need not be.
  if (lstatSync(usual, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(usual);
  return git(checkout, ['rev-parse', '--path-format=absolute', '--git-common-dir']);
}

/** Absolute path of a worktree's own git directory. */
export const gitDirectory = (worktree: string): Promise<string> =>
  git(worktree, ['rev-parse', '--absolute-git-dir']);
