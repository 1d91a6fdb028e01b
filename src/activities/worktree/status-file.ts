import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  // Nobody knows this name before, and nothing that is there already is opened.
  const draft = join(directory, `.status-${randomUUID()}`);
  try {
    await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
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
