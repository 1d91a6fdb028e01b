import { git } from '../command/client.ts';
import { OWN_DIRECTORY } from './exclude.ts';

/** Arguments that select the whole worktree except Coppice's own directory. */
export const WITHOUT_OWN_DIRECTORY = ['--', '.', `:(exclude,top)${OWN_DIRECTORY}`];

/** Whether a submodule counts as changed when it is at another commit than the recorded one. */
export type Submodules = 'by commit' | 'left out';

/**
 * Uncommitted files in the format of `git status` (`?? new.txt`), with names as `losslessText` writes them.
 * Ignored files are left out. git does not enter submodules, because it would run programs that their
 * configuration names.
 */
export async function uncommittedFiles(
  worktree: string,
  submodules: Submodules = 'by commit',
): Promise<string[]> {
  const args = [
    ...['status', '--porcelain=v1', '-z', '--no-renames', '--untracked-files=all'],
    `--ignore-submodules=${submodules === 'left out' ? 'all' : 'dirty'}`,
    ...WITHOUT_OWN_DIRECTORY,
  ];
  const output = await git(worktree, args, { names: true });
  return output.split('\0').filter((line) => line !== '');
}

export const isUntracked = (status: string): boolean => status.startsWith('??');

export const isDeleted = (status: string): boolean => status.startsWith(' D');
