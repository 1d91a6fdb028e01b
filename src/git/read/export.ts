import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../command/client.ts';

/** Writes the files of a commit into an existing, empty directory, without a git directory. */
export async function exportCommit(
  checkout: string,
  commit: string,
  directory: string,
): Promise<void> {
  const index = join(directory, '.index');
  const env = { GIT_INDEX_FILE: index };
  try {
    await git(checkout, ['read-tree', commit], { env });
    await git(checkout, ['checkout-index', '--all', '--quiet', `--prefix=${directory}/`], { env });
  } finally {
    await rm(index, { force: true });
  }
}
