import { utimes } from 'node:fs/promises';
import { copyPlain } from './copy-plain.ts';

/**
 * Copies an index with its modification time. git trusts the times in an index only if they are older than
 * the index file. A newer copy would make a file that changed in the same second look unchanged.
 */
export async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtimeMs } = await copyPlain(from, to);
  await utimes(to, atime, Math.floor(mtimeMs / 1_000));
}
