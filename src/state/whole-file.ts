import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/*
 * Files that a power cut leaves whole: with the old content, or the new. A rename alone is not enough, because a file system may
 * write the new name before the content: so the content is flushed first, and the directory afterwards. Only for directories that
 * no agent can write to: the names of drafts can be guessed.
 */

/** Readable by its owner only. */
const OURS = { mode: 0o600 } as const;

/** Replaces a file whole: a reader sees the old content or the new. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, text, OURS);
  flush(dirname(path));
}

export function writeWholeSync(path: string, text: string): void {
  writeFileAtomic.sync(path, text, OURS);
  flush(dirname(path));
}

/** Makes a file with its content at once. @returns false when there is one already */
export function createWhole(path: string, text: string): boolean {
  const draft = `${path}.draft-${randomUUID()}`;
  try {
    writeFileSync(draft, text, { ...OURS, flag: 'wx', flush: true });
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  flush(dirname(path));
  return true;
}

/** Makes the names in a directory last through a power cut. */
export function flush(directory: string): void {
  const opened = openSync(directory, 'r');
  try {
    fsyncSync(opened);
  } catch (error) {
    // Some file systems can't flush directories.
    if (!['EINVAL', 'ENOTSUP'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  } finally {
    closeSync(opened);
  }
}

/** Keeps a damaged file under another name beside it. @returns that name; undefined when the file has gone meanwhile */
export function setAside(path: string): string | undefined {
  const aside = `${path}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  try {
    renameSync(path, aside);
    return aside;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
