import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** What opening a file fails with when it is missing, a link, a pipe without a writer, or closed to this user. */
const UNREADABLE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES'];

/**
 * The text of a regular file that an agent may have written; undefined when there is no such file. A link, a
 * pipe, and a file with more than `limit` bytes count as missing, so nobody can make Coppice read another
 * file or wait.
 */
export function readPlainFile(path: string, limit: number): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (UNREADABLE.includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
  try {
    const found = fstatSync(file);
    return found.isFile() && found.size <= limit ? readFileSync(file, 'utf8') : undefined;
  } finally {
    closeSync(file);
  }
}
