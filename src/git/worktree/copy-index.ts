import { copyFile, stat, utimes } from 'node:fs/promises';

/**
 * Copies an index with its age: a file that was changed in the same second as the index looks unchanged to git, unless the
 * index is no younger.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const { atime, mtimeMs } = await stat(from);
  await utimes(to, atime, Math.floor(mtimeMs / 1_000));
}
