import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { oneLine } from '../../domain/shared/text.ts';

/** How many hunks, and how many lines of each side, are shown; a line is cut after `WIDTH` characters. */
const HUNKS = 6;
const LINES = 12;
const WIDTH = 120;

/** Files beyond this many bytes are not looked into. */
const MAX_FILE = 1_000_000;

interface Hunk {
  /** Lines of the branch rebased onto. */
  readonly below: readonly string[];
  /** Lines of the commit that is being moved. */
  readonly moved: readonly string[];
}

/** The regions that git marks in a file it could not merge. */
export function conflictHunks(text: string): Hunk[] {
  const hunks: Hunk[] = [];
  let below: string[] = [];
  let moved: string[] = [];
  let side: 'none' | 'below' | 'base' | 'moved' = 'none';
  for (const line of text.split(/\r?\n/)) {
    const marker = /^(<{7}|\|{7}|={7}|>{7})( |$)/.exec(line)?.[1]?.[0];
    if (marker === '<') [side, below, moved] = ['below', [], []];
    else if (marker === '|' && side === 'below') side = 'base';
    else if (marker === '=' && (side === 'below' || side === 'base')) side = 'moved';
    else if (marker === '>' && side === 'moved') {
      hunks.push({ below, moved });
      side = 'none';
    } else if (side === 'below') below.push(line);
    else if (side === 'moved') moved.push(line);
  }
  return hunks;
}

export interface Sides {
  /** The branch rebased onto, and its commits that changed a file. */
  readonly below: (file: string) => Promise<string>;
  /** The branch that is moved, and its commit that conflicts. */
  readonly moved: string;
}

/** Both sides of the first conflicts in these files, as lines to show. Code is others' text: each line is marked. */
export async function shownHunks(
  worktree: string,
  files: readonly string[],
  { below, moved }: Sides,
): Promise<string[]> {
  const lines: string[] = [];
  let left = HUNKS;
  for (const file of files) {
    const hunks = conflictHunks(await textOf(join(worktree, file))).slice(0, left);
    left -= hunks.length;
    if (hunks.length === 0) continue;
    const name = oneLine(file);
    const from = await below(file);
    for (const hunk of hunks)
      lines.push(`${name}, ${from}:`, ...cut(hunk.below), `${name}, ${moved}:`, ...cut(hunk.moved));
  }
  return lines;
}

function cut(lines: readonly string[]): string[] {
  const left = lines.length - LINES;
  const shown = lines.slice(0, LINES).map((line) => `| ${indented(line)}`);
  return left > 0 ? [...shown, `and ${left} more lines`] : shown;
}

const indented = (line: string): string => {
  const indent = /^[ \t]*/.exec(line)?.[0].replaceAll('\t', '  ') ?? '';
  return `${indent}${oneLine(line, WIDTH)}`;
};

/** Empty for what is not a plain file of text: it was deleted on one side, or is a link. */
async function textOf(path: string): Promise<string> {
  try {
    const found = await lstat(path);
    return found.isFile() && found.size <= MAX_FILE ? await readFile(path, 'utf8') : '';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
