import { constants, type Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  rm,
  symlink,
  utimes,
} from 'node:fs/promises';
import { join } from 'node:path';
import { type BytePath, toBytes } from './byte-paths.ts';

export interface CopyOptions {
  /** Names of what is left out, wherever it is. */
  readonly except?: ReadonlySet<string>;
  /** Makes what can't be read readable first, since it is going to be removed. */
  readonly unlock?: boolean;
}

/**
 * Copies a file, or a directory with all that is in it, over what is there. Links are copied as links, and none is
 * followed, on either side. Pipes, sockets and devices hold nothing that a copy would have: they are left out.
 * @returns how many files and links were copied
 */
export async function copyTree(
  from: BytePath,
  to: BytePath,
  options: CopyOptions = {},
): Promise<number> {
  const info = await lstat(toBytes(from));
  if (info.isDirectory()) return copyDirectory(from, to, info, options);
  if (!info.isFile() && !info.isSymbolicLink()) return 0;
  await rm(toBytes(to), { recursive: true, force: true });
  if (info.isSymbolicLink()) {
    await symlink(await readlink(toBytes(from), { encoding: 'buffer' }), toBytes(to));
    return 1;
  }
  if (options.unlock && (info.mode & READ) === 0) await chmod(toBytes(from), info.mode | READ);
  await copyFile(toBytes(from), toBytes(to), constants.COPYFILE_FICLONE);
  await utimes(toBytes(to), info.atime, info.mtime);
  return 1;
}

const READ = 0o400;
const ENTER = 0o700;

async function copyDirectory(
  from: BytePath,
  to: BytePath,
  { mode }: Stats,
  options: CopyOptions,
): Promise<number> {
  if (options.unlock && (mode & ENTER) !== ENTER) await chmod(toBytes(from), mode | ENTER);
  await makeDirectory(to);
  let copied = 0;
  for (const name of await readdir(toBytes(from), { encoding: 'latin1' })) {
    if (options.except?.has(name)) continue;
    copied += await copyTree(join(from, name), join(to, name), options);
  }
  return copied;
}

/** Makes the directories on the way to a path below `top`, in the place of whatever else has their names. */
export async function makeWay(top: BytePath, path: BytePath): Promise<void> {
  const names = path.split('/').slice(0, -1);
  for (const [index] of names.entries())
    await makeDirectory(join(top, ...names.slice(0, index + 1)));
}

async function makeDirectory(path: BytePath): Promise<void> {
  const found = await lstat(toBytes(path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isDirectory()) return;
  if (found) await rm(toBytes(path));
  await mkdir(toBytes(path), { mode: 0o700 });
}
