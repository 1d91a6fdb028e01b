import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { removeAbandoned } from '../../process/abandoned.ts';
import type { Attempt } from './attempt.ts';
import type { Turn } from './ports.ts';

type GitOf = NonNullable<Turn['git']>;

/**
 * Removes lock files that git commands of a killed attempt left, because the next agent could not commit. It
 * may be called only when no process of the attempt runs. A lock that is older than the attempt belongs to
 * somebody else.
 */
export function removeStaleLocks({ git }: Turn, { start }: Attempt): void {
  if (!git) return;
  const locks = ['index.lock', 'HEAD.lock'].map((name) => join(git.own, name));
  for (const lock of [...locks, ...branchLock(git)]) {
    const found = statSync(lock, { throwIfNoEntry: false });
    if (found?.isFile() && found.mtimeMs >= Date.parse(start.startedAt))
      rmSync(lock, { force: true });
  }
}

/** Lock files that all worktrees share, and that prevent a commit in each of them. */
const SHARED = ['packed-refs.lock', 'config.lock', 'shallow.lock'];

/** Removes lock files that nobody can hold any more, such as those that a power cut left. */
export function removeAbandonedLocks({ git }: Pick<Turn, 'git'>): void {
  if (!git) return;
  const own = namesIn(git.own).filter((name) => name.endsWith('.lock'));
  const all = [
    ...own.map((name) => join(git.own, name)),
    ...SHARED.map((name) => join(git.common, name)),
    ...branchLock(git),
  ];
  for (const lock of all) removeAbandoned(lock);
}

/** The lock file of the branch that is checked out, if there is one. */
function branchLock({ own, common }: GitOf): string[] {
  const branch = /^ref: (refs\/heads\/[\w-][\w./-]*)\s*$/.exec(headOf(own))?.[1];
  return branch === undefined || branch.includes('..') ? [] : [join(common, `${branch}.lock`)];
}

function headOf(directory: string): string {
  try {
    return readFileSync(join(directory, 'HEAD'), 'utf8');
  } catch {
    return ''; // the state of the repository is checked after the turn
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // the state of the repository is checked after the turn
  }
}
