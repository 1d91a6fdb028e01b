import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { removeAbandoned } from '../../process/abandoned.ts';

/** No git command holds a lock longer than this, in milliseconds. */
const LONGEST = 10 * 60_000;

const LOCKED = /^(?!remote:).*unable to create '([^'\n]+\.lock)': file exists/im;

/** git reports the configuration’s lock by the name of the file that it protects. */
const CONFIG_LOCKED = /^(?!remote:).*could not lock config file ([^\n]+): file exists/im;

/** Whether a git command failed because another running git holds a lock, which it will release. */
export function isLockedByAnother(stderr: string, now = Date.now()): boolean {
  const path = LOCKED.exec(stderr)?.[1];
  if (path === undefined) return false;
  const lock = statSync(path, { throwIfNoEntry: false });
  return !lock || now - lock.mtimeMs < LONGEST;
}

/**
 * Removes the lock file that made a git command in `directory` fail, if a killed git left it.
 * @returns whether it removed the lock
 */
export function removeLeftLock(stderr: string, directory: string): boolean {
  const config = CONFIG_LOCKED.exec(stderr)?.[1];
  const named = LOCKED.exec(stderr)?.[1] ?? (config === undefined ? undefined : `${config}.lock`);
  const path = named === undefined ? undefined : real(resolve(directory, named));
  return path !== undefined && isInGitDirectory(path) && removeAbandoned(path);
}

/** The path without symbolic links in its directories; undefined when its directory does not exist. */
function real(path: string): string | undefined {
  const parent = dirname(path);
  return existsSync(parent) ? join(realpathSync(parent), basename(path)) : undefined;
}

function isInGitDirectory(path: string): boolean {
  for (
    let directory = dirname(path);
    directory !== dirname(directory);
    directory = dirname(directory)
  ) {
    const has = (name: string) => existsSync(join(directory, name));
    if (has('HEAD') && (has('objects') || has('commondir'))) return true;
  }
  return false;
}
