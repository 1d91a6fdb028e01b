import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The record of a successful setup: the hash of its input files. */
export const SetupDone = z.object({ inputs: z.string() });

/** A hash of the files on which setup depends. A missing file, or a link, counts as empty. */
export function hashInputs(worktree: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    const file = join(worktree, path);
    const isFile = lstatSync(file, { throwIfNoEntry: false })?.isFile() === true;
    hash.update(`${path}\0${isFile}\0`).update(isFile ? readFileSync(file) : '');
  }
  return hash.digest('hex');
}
