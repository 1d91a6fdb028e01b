import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Templates } from './prompt.ts';

const PACKAGED = new URL('../../../templates/', import.meta.url);

/**
 * Reads the checkout's own `coppice.prompt.md` and `coppice.instructions.md` beside coppice.yaml, or else the
 * templates of the package. They are never read from the worktree, because an agent could have written them
 * there.
 */
export async function readTemplates(checkout: string): Promise<Templates> {
  const [prompt, instructions] = await Promise.all([
    readTemplate(checkout, 'prompt.md'),
    readTemplate(checkout, 'instructions.md'),
  ]);
  return { prompt, instructions };
}

async function readTemplate(checkout: string, name: string): Promise<string> {
  try {
    return await readFile(join(checkout, `coppice.${name}`), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return readFile(new URL(name, PACKAGED), 'utf8');
  }
}
