import { statSync } from 'node:fs';

/** No git command of anybody's holds a lock for longer, in milliseconds. */
const LONGEST = 10 * 60_000;

const LOCKED = /unable to create '([^'\n]+\.lock)': file exists/i;

/** Whether a git command failed over a lock that another git holds, and will let go. */
export function isLockedByAnother(stderr: string, now = Date.now()): boolean {
  const path = LOCKED.exec(stderr)?.[1];
  if (path === undefined) return false;
  const lock = statSync(path, { throwIfNoEntry: false });
  return !lock || now - lock.mtimeMs < LONGEST;
}
