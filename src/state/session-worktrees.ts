import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { type Home, sessionDirectory } from './home.ts';
import { listSessions } from './session-store.ts';

export interface SessionWorktree {
  readonly repository: RepositoryName;
  readonly issue: number;
  readonly worktree: string;
  /** The person's checkout that the worktree belongs to; undefined when the session's record is damaged. */
  readonly checkout: string | undefined;
}

/** Every worktree in which an agent of this host writes, according to Coppice's own records. */
export async function sessionWorktrees(home: Home): Promise<SessionWorktree[]> {
  const { sessions, damaged } = await listSessions(home);
  return sessions.flatMap(({ repository, issue, ownership, last }) => {
    const directory = sessionDirectory(home, repository, issue);
    const isDamaged = damaged.some((path) => isWithin(path, directory));
    const worktree =
      ownership?.location.worktree ?? (isDamaged ? last?.detail.record.worktreePath : undefined);
    return worktree
      ? [{ repository, issue, worktree, checkout: ownership?.location.checkout }]
      : [];
  });
}

/**
 * The session whose worktree contains a path. Git is not asked, because an agent can write whatever lies there, even a
 * repository.
 */
export async function sessionAround(
  home: Home,
  path: string,
): Promise<SessionWorktree | undefined> {
  const around = real(path);
  return (await sessionWorktrees(home)).find(({ worktree }) => isWithin(around, real(worktree)));
}

export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** Resolves symbolic links in the part of the path that exists. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return path;
    throw error;
  }
}
