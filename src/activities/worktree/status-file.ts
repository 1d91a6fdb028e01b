import { existsSync } from 'node:fs';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { SessionRecord } from '../../domain/session/session.ts';

/**
 * Writes the seed's status file into a worktree, if the worktree is there. The agent can write there too: a link or a file
 * of its making must not carry our writing elsewhere, nor stop the session.
 */
export async function writeStatusFile(worktree: string, record: SessionRecord): Promise<void> {
  if (!existsSync(join(worktree, '.git'))) return;
  const directory = join(worktree, '.coppice');
  const found = await kind(directory);
  if (found === 'nothing') await mkdir(directory);
  else if (found !== 'directory') return;
  const file = join(directory, 'status.json');
  // A plain file is replaced whole, so that a reader always finds one.
  if (!['nothing', 'file'].includes(await kind(file))) await rm(file, { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify(record, null, 2)}\n`);
}

async function kind(path: string): Promise<'nothing' | 'file' | 'directory' | 'other'> {
  try {
    const found = await lstat(path);
    return found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing';
    throw error;
  }
}
