import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CoppiceError } from '../domain/failure.ts';
import type { Place } from '../domain/session.ts';
import { commonDirectory } from './directories.ts';

/** Where a worktree's git data is; absolute paths without symbolic links. */
export interface GitDirectories {
  readonly worktree: string;
  /** Shared by all worktrees. */
  readonly common: string;
  /** The worktree's own, in it. */
  readonly own: string;
}

/**
 * Found from the checkout's side: the worktree's `.git` file may say something else by now.
 * @throws WorktreeLost when the checkout knows no such worktree
 */
export async function gitDirectories({
  checkout,
  worktree,
}: Pick<Place, 'checkout' | 'worktree'>): Promise<GitDirectories> {
  const common = realpathSync(await commonDirectory(checkout));
  const lost = () =>
    new CoppiceError(
      'WorktreeLost',
      `${checkout} has no worktree ${worktree} any more: put it right with \`git worktree repair\` and say so, or cancel the session`,
    );
  const real = realPath(worktree);
  if (real === undefined) throw lost();
  const all = join(common, 'worktrees');
  const own = namesIn(all)
    .map((name) => join(all, name))
    .find((directory) => pointsAt(directory) === join(real, '.git'));
  if (own === undefined) throw lost();
  return { worktree: real, common, own };
}

/** The `.git` file that a worktree's own git directory belongs to; git may write it relative. */
function pointsAt(own: string): string | undefined {
  const text = textOf(join(own, 'gitdir'));
  return text === undefined ? undefined : resolve(own, text.trim());
}

const orNothing = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code)))
      return undefined;
    throw error;
  }
};

const textOf = (path: string) => orNothing(() => readFileSync(path, 'utf8'));
const realPath = (path: string) => orNothing(() => realpathSync(path));
const namesIn = (path: string): string[] => orNothing(() => readdirSync(path)) ?? [];
