import { utimes } from 'node:fs/promises';
import { copyPlain } from './copy-plain.ts';

/**
 * Copies an index with its modification time. git takes a file that changed in the same second as the index for
 * unchanged, unless the index is at least as old.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtimeMs } = await copyPlain(from, to);
  await utimes(to, atime, Math.floor(mtimeMs / 1_000));
}
