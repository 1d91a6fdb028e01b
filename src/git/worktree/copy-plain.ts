import { constants, createWriteStream, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/**
 * Copies a file that an agent may have put something else in the place of: a link to what it may not read, or a pipe that
 * never ends. @returns what it was @throws Error when it is no file
 */
export async function copyPlain(from: string, to: string): Promise<Stats> {
  const how = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(from, how);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error(`${from} is no file`);
    const read = file.createReadStream({ autoClose: false });
    await pipeline(read, createWriteStream(to, { mode: 0o600 }));
    return found;
  } finally {
    await file.close();
  }
}
