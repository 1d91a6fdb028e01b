import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from './attempt.ts';
import type { Turn } from './ports.ts';

/**
 * Removes the locks that git commands of a killed attempt left: the next agent's could do nothing. To be called when
 * nothing of it runs; what is older than the attempt is somebody else's.
 */
export function removeStaleLocks({ git }: Turn, { start }: Attempt): void {
  if (!git) return;
  const locks = ['index.lock', 'HEAD.lock'].map((name) => join(git.own, name));
  const branch = /^ref: (refs\/heads\/[\w-][\w./-]*)\s*$/.exec(headOf(git.own))?.[1];
  if (branch !== undefined && !branch.includes('..'))
    locks.push(join(git.common, `${branch}.lock`));
  for (const lock of locks) {
    const found = statSync(lock, { throwIfNoEntry: false });
    if (found?.isFile() && found.mtimeMs >= Date.parse(start.startedAt))
      rmSync(lock, { force: true });
  }
}

function headOf(directory: string): string {
  try {
    return readFileSync(join(directory, 'HEAD'), 'utf8');
  } catch {
    return ''; // what a turn did to its repository is looked at afterwards
  }
}
