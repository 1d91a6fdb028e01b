import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { makeWritable } from './make-writable.ts';
import { isTooLong } from './too-long.ts';

/**
 * Removes a file or a directory with its content, if it is there. Directories without write permission are
 * removed too, because some tools make such caches, and so are paths that are too long to be opened.
 */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const isRefused = ['EACCES', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code));
    if (!isRefused && !isTooLong(error)) throw error;
    await makeWritable(path);
    // The system's own program changes into each directory, so the length of a path does not matter to it.
    await execa`rm -rf -- ${path}`;
  }
}
