import { join } from 'node:path';
import { oneLine } from '../../domain/shared/text.ts';
import { readPlainFile } from '../../state/files/plain-file.ts';

/** How many hunks, and how many lines of each side, are shown; a line is cut after `WIDTH` characters. */
const HUNKS = 6;
const LINES = 12;
const WIDTH = 120;

/** Larger files are not read, in bytes. */
const MAX_FILE = 1_000_000;

interface Hunk {
  /** Lines of the branch onto which the rebase goes. */
  readonly onto: readonly string[];
  /** Lines of the commit that is being moved. */
  readonly moved: readonly string[];
}

/** Parses the conflicts that git marks in a file. */
export function conflictHunks(text: string): Hunk[] {
  const hunks: Hunk[] = [];
  let onto: string[] = [];
  let moved: string[] = [];
  let side: 'none' | 'onto' | 'base' | 'moved' = 'none';
  for (const line of text.split(/\r?\n/)) {
    const marker = /^(<{7}|\|{7}|={7}|>{7})( |$)/.exec(line)?.[1]?.[0];
    if (marker === '<') [side, onto, moved] = ['onto', [], []];
    else if (marker === '|' && side === 'onto') side = 'base';
    else if (marker === '=' && (side === 'onto' || side === 'base')) side = 'moved';
    else if (marker === '>' && side === 'moved') {
      hunks.push({ onto, moved });
      side = 'none';
    } else if (side === 'onto') onto.push(line);
    else if (side === 'moved') moved.push(line);
  }
  return hunks;
}

export interface Sides {
  /** The branch onto which the rebase goes, with its commits that changed the file. */
  readonly onto: (file: string) => Promise<string>;
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
  { onto, moved }: Sides,
): Promise<string[]> {
  const lines: string[] = [];
  let left = HUNKS;
  for (const file of files) {
    const hunks = conflictHunks(readPlainFile(join(worktree, file), MAX_FILE) ?? '').slice(0, left);
    left -= hunks.length;
    if (hunks.length === 0) continue;
    const name = oneLine(file);
    const from = await onto(file);
    for (const hunk of hunks)
      lines.push(`${name}, ${from}:`, ...cut(hunk.onto), `${name}, ${moved}:`, ...cut(hunk.moved));
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
