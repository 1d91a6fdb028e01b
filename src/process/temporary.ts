import { accessSync, constants, mkdirSync, mkdtempSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from './identity.ts';
import { removeTree } from './remove-tree.ts';

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

/** Creates a new directory for temporary files, named after its process. The caller removes it. */
export const makeTemporary = (name: string): string =>
  mkdtempSync(join(temporaryRoot(), `coppice-${name}-${process.pid}-`));

const MADE = /^coppice-[a-z]+-(\d+)-\w{6}$/;

/** A process in a container, which can't be seen from outside of it, has done with a directory by then. In milliseconds. */
const OLD = 3_600_000;

/** Removes directories that killed processes of this user left. @returns their paths */
export async function clearTemporary(now = Date.now()): Promise<string[]> {
  const root = temporaryRoot();
  const removed: string[] = [];
  for (const name of await readdir(root)) {
    const [, pid] = MADE.exec(name) ?? [];
    if (pid === undefined || identify(Number(pid))) continue;
    const path = join(root, name);
    const found = await lstat(path).catch(() => undefined); // another worker was quicker
    const isOurs = found?.isDirectory() === true && found.uid === process.getuid?.();
    if (!isOurs || now - found.mtimeMs < OLD) continue;
    await removeTree(path);
    removed.push(path);
  }
  return removed;
}

/** The environment for a child process, in which TMPDIR names a directory that exists. */
export const withTemporary = <E extends NodeJS.ProcessEnv>(env: E): E =>
  env.TMPDIR ? { ...env, TMPDIR: temporaryRoot(env.TMPDIR) } : env;
