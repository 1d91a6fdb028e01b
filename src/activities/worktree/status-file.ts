import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionRecord } from '../../domain/session/session.ts';

/**
 * Writes the status file `.coppice/status.json` into a worktree, if the worktree exists. The agent can write
 * there too, so a link or a file of the agent must neither redirect the write nor stop the session.
 */
export async function writeStatusFile(worktree: string, record: SessionRecord): Promise<void> {
  if (!existsSync(join(worktree, '.git'))) return;
  const directory = join(worktree, '.coppice');
  const found = await kind(directory);
  if (found === 'nothing') await mkdir(directory);
  else if (found !== 'directory') return;
  const file = join(directory, 'status.json');
  // A regular file is replaced in one step, so that readers always find a complete one. Anything else is
  // removed.
  if (!['nothing', 'file'].includes(await kind(file))) await rm(file, { recursive: true });
  // The name can't be guessed, and `wx` never opens an existing file.
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
