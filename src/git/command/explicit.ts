import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where a worktree's git data is; absolute paths without symbolic links. */
export interface GitDirectories {
  readonly worktree: string;
  /** Shared by all worktrees. */
  readonly common: string;
  /** The worktree's own, in it. */
  readonly own: string;
}

const known = new Map<string, GitDirectories>();

/** From now on git gets the paths of a worktree’s data explicitly, whatever its `.git` file and `commondir` say. */
export function makeExplicit(path: string, directories: GitDirectories): void {
  known.set(path, directories);
}

/** The environment for that. It is empty for directories that are not known, or whose worktree has been made anew. */
export function directoriesOf(path: string): Readonly<Record<string, string>> {
  const found = known.get(path);
  if (!found || pointsAt(found.own) !== join(found.worktree, '.git')) return {};
  const { worktree, common, own } = found;
  return { GIT_DIR: own, GIT_COMMON_DIR: common, GIT_WORK_TREE: worktree };
}

/** The `.git` file that a worktree's own git directory belongs to; git may write it relative. */
export function pointsAt(own: string): string | undefined {
  const text = textOf(join(own, 'gitdir'));
  return text === undefined ? undefined : resolve(own, text.trim());
}

/** Undefined when there is no such file. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code)))
      return undefined;
    throw error;
  }
}
