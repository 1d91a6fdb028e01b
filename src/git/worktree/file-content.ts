import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { losslessBytes } from '../command/lossless.ts';
import { isDeleted } from './status.ts';
import { changedSubmodules, type SubmoduleCommits } from './submodule-commits.ts';

type Where = Pick<SessionLocation, 'worktree'>;

/** With more changed files than this, none is described. */
const MOST = 5_000;

/** Files larger than this, in bytes, are not described. */
const LARGEST = 16 * 1024 * 1024;

/** In `XY path`, X is the state of the index. Coppice does not change the index. */
export const isUnstaged = (status: string): boolean => /^( .|\?\?)/.test(status);

/** The path in a line of `git status`. */
export const pathOf = (status: string): string => status.slice(3);

/** Descriptions of the contents of changed files, by path. Staged files are left out. */
export async function contentsOf(
  location: Where,
  statuses: readonly string[],
): Promise<Record<string, string>> {
  const unstaged = statuses.filter(isUnstaged);
  if (unstaged.length > MOST) return {};
  const commits = await changedSubmodules(location.worktree, unstaged);
  return Object.fromEntries(
    unstaged.flatMap((status) => {
      const content = contentOf(location, status, commits);
      return content === undefined ? [] : [[pathOf(status), content]];
    }),
  );
}

/** The description of a submodule. */
export const atCommit = (commit: string): string => `commit ${commit}`;

/**
 * Describes a file's content, or the commit of a submodule, as text that can be compared; undefined for anything but these and
 * links, and for a file that is too large. Links are not followed.
 */
export function contentOf(
  { worktree }: Where,
  status: string,
  commits: SubmoduleCommits,
): string | undefined {
  const commit = commits.get(pathOf(status));
  if (commit !== undefined) return atCommit(commit);
  const path = losslessBytes(join(worktree, pathOf(status)));
  const found = lstat(path);
  if (!found) return isDeleted(status) ? 'gone' : undefined;
  if (found.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (!found.isFile() || found.size > LARGEST) return undefined;
  const executable = (found.mode & 0o100) === 0 ? '' : 'x';
  return `file${executable} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

const lstat = (path: string | Buffer) => lstatSync(path, { throwIfNoEntry: false });
