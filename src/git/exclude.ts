import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { commonDirectory } from './directories.ts';
import { exclusively } from './mutex.ts';

const START = '# coppice: begin (written by Coppice; edit outside these lines)';
const END = '# coppice: end';

/** Coppice's own directory in a worktree, never part of the work. */
export const OWN_DIRECTORY = '.coppice';

/** Keeps Coppice's own directory out of git's sight, in the one exclude file that git reads for all worktrees. */
export async function excludeOwnDirectory(checkout: string): Promise<void> {
  const common = await commonDirectory(checkout);
  const file = join(common, 'info', 'exclude');
  await exclusively(file, async () => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    if (text.split('\n').includes(START)) return;
    await mkdir(dirname(file), { recursive: true });
    const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    await writeFileAtomic(file, `${before}${START}\n/${OWN_DIRECTORY}/\n${END}\n`);
  });
}
