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
 * Writes files so that after a power cut each holds either the old content or the new one. A rename alone is not enough, because a
 * file system may store the new name before the content. So the content is flushed first, and the directory afterwards. Use these
 * functions only in directories that no agent can write to, because the names of drafts can be guessed.
 */

/** Readable by its owner only. */
const OURS = { mode: 0o600 } as const;

/** Replaces a file atomically: a reader sees either the old content or the new one. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, text, OURS);
  flush(dirname(path));
}

export function writeWholeSync(path: string, text: string): void {
  writeFileAtomic.sync(path, text, OURS);
  flush(dirname(path));
}

/** Creates a file together with its content in one step. @returns false when the file exists already */
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

/** Flushes a directory, so that the names in it survive a power cut. */
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

/** Renames a damaged file within its directory. @returns the new name; undefined when the file no longer exists */
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
