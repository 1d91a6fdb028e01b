import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The directory for temporary files: the one that is set, made again when somebody removed it under a process that goes
 * on for weeks; where that can't be, the system's own.
 */
export function temporaryRoot(set: string = tmpdir()): string {
  return [set, '/tmp', '/var/tmp'].find(isUsable) ?? set;
}

function isUsable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A new directory of its own for temporary files; whoever makes it removes it. */
export const makeTemporary = (name: string): string =>
  mkdtempSync(join(temporaryRoot(), `coppice-${name}-`));

/** A child's environment, in which TMPDIR names a directory that is there. */
export const withTemporary = <E extends NodeJS.ProcessEnv>(env: E): E =>
  env.TMPDIR ? { ...env, TMPDIR: temporaryRoot(env.TMPDIR) } : env;
