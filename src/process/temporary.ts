import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The directory for temporary files, which is the one that TMPDIR names. It is created again if somebody removed it while this
 * process was running. If that is not possible, the system's own directory is used.
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

/** Creates a new directory for temporary files. The caller removes it. */
export const makeTemporary = (name: string): string =>
  mkdtempSync(join(temporaryRoot(), `coppice-${name}-`));

/** The environment for a child process, in which TMPDIR names a directory that exists. */
export const withTemporary = <E extends NodeJS.ProcessEnv>(env: E): E =>
  env.TMPDIR ? { ...env, TMPDIR: temporaryRoot(env.TMPDIR) } : env;
