import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { commonDirectory } from '../command/directories.ts';
import { exclusively } from '../command/mutex.ts';
import type { BytePath } from './byte-paths.ts';

const START = '# coppice: begin (written by Coppice; edit outside these lines)';
const END = '# coppice: end';

/** The name of Coppice's own directory in a worktree. It is never part of the work. */
export const OWN_DIRECTORY = '.coppice';

/** Makes git ignore Coppice’s own directory. */
export const excludeOwnDirectory = (checkout: string): Promise<void> => excludePaths(checkout, []);

/**
 * Makes git ignore Coppice's own directory and these paths, which are relative to the top. They are written
 * to `info/exclude`, which git reads for all worktrees.
 */
export async function excludePaths(checkout: string, paths: readonly BytePath[]): Promise<void> {
  const common = await commonDirectory(checkout);
  const file = join(common, 'info', 'exclude');
  await exclusively(file, async () => {
    // The file is read as bytes, because names in it need not be UTF-8.
    const text = await readFile(file, 'latin1').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const lines = text.split('\n');
    const start = lines.indexOf(START);
    const end = lines.indexOf(END, start);
    const ours = start >= 0 && end >= 0 ? lines.slice(start + 1, end) : [];
    const wanted = [...new Set([...ours, `/${OWN_DIRECTORY}/`, ...paths.map(asPattern)])];
    if (start >= 0 && wanted.length === ours.length) return;
    await mkdir(dirname(file), { recursive: true });
    const others =
      start >= 0 && end >= 0 ? [...lines.slice(0, start), ...lines.slice(end + 1)] : lines;
    const before = others.join('\n').replace(/\n+$/, '');
    const block = [START, ...wanted, END, ''].join('\n');
    await writeFileAtomic(file, before === '' ? block : `${before}\n${block}`, 'latin1');
  });
}

/** A pattern that matches only this path. A pattern is one line, so a line end in the path becomes `?`. */
const asPattern = (path: BytePath): string =>
  `/${path
    .replace(/[\\*?[\]]/g, '\\$&')
    .replace(/ $/, '\\ ')
    .replace(/[\n\r]/g, '?')}`;
