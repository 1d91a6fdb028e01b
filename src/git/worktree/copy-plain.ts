import { constants, createWriteStream, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/**
 * Copies a regular file. An agent may have replaced it by a link to a file that the agent may not read, or by
 * a pipe that never ends: these are refused.
 * @returns the metadata of the file
 * @throws Error when it is not a regular file
 */
export async function copyPlain(from: string, to: string): Promise<Stats> {
  const how = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(from, how);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error(`${from} is not a regular file`);
    const read = file.createReadStream({ autoClose: false });
    await pipeline(read, createWriteStream(to, { mode: 0o600 }));
    return found;
  } finally {
    await file.close();
  }
}
