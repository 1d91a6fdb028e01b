import { git } from './client.ts';

/** Absolute path of the git directory that all worktrees share. */
export const commonDirectory = (checkout: string): Promise<string> =>
  git(checkout, ['rev-parse', '--path-format=absolute', '--git-common-dir']);

/** Absolute path of a worktree's own git directory. */
export const gitDirectory = (worktree: string): Promise<string> =>
  git(worktree, ['rev-parse', '--absolute-git-dir']);
