import { readFile, stat } from 'node:fs/promises';
import { CoppiceError, type FailureType } from '../domain/shared/failure.ts';

/**
 * Reads a text file that a person wrote; undefined when there is none.
 * @throws CoppiceError of type `failure` when it can't be read, or is no regular file of at most `limit` bytes
 */
export async function readTextFile(
  file: string,
  { limit, failure }: { readonly limit: number; readonly failure: FailureType },
): Promise<string | undefined> {
  const unreadable = (why: string) => new CoppiceError(failure, `can't read ${file}: ${why}`);
  const entry = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(error.message);
  });
  if (!entry) return undefined;
  if (!entry.isFile()) throw unreadable('it is not a regular file');
  if (entry.size > limit) throw unreadable(`it has more than ${limit / 1024} KB`);
  return readFile(file, 'utf8').catch((error: Error) => {
    throw unreadable(error.message);
  });
}
