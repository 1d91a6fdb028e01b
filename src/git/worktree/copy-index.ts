import { copyFile, stat, utimes } from 'node:fs/promises';

/**
 * Copies an index with its modification time. git takes a file that changed in the same second as the index for
 * unchanged, unless the index is at least as old.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const { atime, mtimeMs } = await stat(from);
  await utimes(to, atime, Math.floor(mtimeMs / 1_000));
}
