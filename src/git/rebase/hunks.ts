import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { oneLine } from '../../domain/shared/text.ts';

/** How many hunks, and how many lines of each side, are shown; a line is cut after `WIDTH` characters. */
const HUNKS = 6;
const LINES = 12;
const WIDTH = 120;

/** Larger files are not read, in bytes. */
const MAX_FILE = 1_000_000;

interface Hunk {
  /** Lines of the branch onto which the rebase goes. */
  readonly below: readonly string[];
  /** Lines of the commit that is being moved. */
  readonly moved: readonly string[];
}

/** Parses the conflicts that git marks in a file. */
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
  /** The branch onto which the rebase goes, with its commits that changed the file. */
  readonly below: (file: string) => Promise<string>;
  /** The branch that is rebased, with the commit that conflicts. */
  readonly moved: string;
}

/**
 * Both sides of the first conflicts in these files, as lines to show. Each line of code begins with `|`,
 * because it is text of others.
 */
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

/** The text of a file; empty when it was deleted on one side, is a link, or is too large. */
async function textOf(path: string): Promise<string> {
  try {
    const found = await lstat(path);
    return found.isFile() && found.size <= MAX_FILE ? await readFile(path, 'utf8') : '';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
