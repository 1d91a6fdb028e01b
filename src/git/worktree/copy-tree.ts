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
import { isTooLong } from '../../process/too-long.ts';
import { type BytePath, toBytes } from './byte-paths.ts';

export interface CopyOptions {
  /** Names of files and directories to leave out, at any depth. */
  readonly except?: ReadonlySet<string>;
  /** Whether to change the permissions of what can't be read. It is for files that are removed afterwards. */
  readonly unlock?: boolean;
}

/**
 * Copies a file or a directory with its content, and replaces what is at the target. Links are copied as
 * links, and none is followed, on either side. Pipes, sockets, devices and paths that are too long are left out.
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
    try {
      copied += await copyTree(join(from, name), join(to, name), options);
    } catch (error) {
      if (!isTooLong(error)) throw error;
    }
  }
  return copied;
}

/**
 * Makes the parent directories of a path below `top`. A file or link with the name of such a directory is
 * removed.
 */
export async function makeParents(top: BytePath, path: BytePath): Promise<void> {
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
