import { git } from '../command/client.ts';
import { OWN_DIRECTORY } from './exclude.ts';

/** The whole worktree but for Coppice's own directory, as a pathspec. */
export const OWN_LEFT_OUT = ['--', '.', `:(exclude,top)${OWN_DIRECTORY}`];

/** Whether a submodule counts when another commit of it is there than the recorded one. */
export type Submodules = 'by commit' | 'left out';

/**
 * Files changed and not committed, as `git status` writes them (`?? new.txt`), their names as `losslessText` has them; those
 * git ignores are left out. git goes into
 * no submodule: it would run what the submodule's own configuration says.
 */
export async function uncommittedFiles(
  worktree: string,
  submodules: Submodules = 'by commit',
): Promise<string[]> {
  const args = [
    ...['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all'],
    `--ignore-submodules=${submodules === 'left out' ? 'all' : 'dirty'}`,
    ...OWN_LEFT_OUT,
  ];
  const output = await git(worktree, args, { names: true });
  return output.split('\0').filter((line) => line !== '');
}

export const isUntracked = (status: string): boolean => status.startsWith('??');

export const isDeleted = (status: string): boolean => status.startsWith(' D');
