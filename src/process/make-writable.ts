import { lstatSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { sep } from 'node:path';
import { isTooLong } from './too-long.ts';

/** Makes a directory and all directories in it removable, because some tools create their caches without write permission. */
export async function makeWritable(directory: string): Promise<void> {
  const left = [Buffer.from(directory)];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    try {
      const { mode } = lstatSync(at);
      if ((mode & 0o700) !== 0o700) await chmod(at, mode | 0o700);
      for (const entry of await readdir(at, { withFileTypes: true, encoding: 'buffer' }))
        if (entry.isDirectory()) left.push(Buffer.concat([at, Buffer.from(sep), entry.name]));
    } catch (error) {
      if (!isTooLong(error)) throw error;
    }
  }
}
