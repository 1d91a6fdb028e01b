import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../command/client.ts';
import { type GitDirectories, sessionDirectory } from '../command/explicit.ts';
import { branchRef } from '../refs/refs.ts';

/** Refs that are Coppice's, or that each worktree has for itself. */
const NOT_SHOWN = /^refs\/(coppice|stash|prefetch|bisect|worktree|rewritten)(\/|$)/;

/** The largest file of refs that is read, in bytes. */
const LARGEST = 64_000_000;

/**
 * Shows the session's git the checkout's refs as they are now: branches, tags, what remotes have. Refs of its own stay, its
 * branch among them, and what it changed of the others stays changed for it.
 * @param all as `refsOf` the checkout gives them
 */
export async function renewRefs(
  { own, record }: Pick<GitDirectories, 'own' | 'record'>,
  branch: string,
  all: readonly string[],
): Promise<void> {
  const now = all.filter((line) => nameOf(line) !== branchRef(branch));
  const [shown, packed] = [join(sessionDirectory(record), 'refs'), join(own, 'packed-refs')];
  const before = new Set(linesOf(shown));
  const names = new Set(now.map(nameOf));
  // A line after a tag says what the tag leads to: git finds that out by itself.
  const theirs = linesOf(packed).filter(
    (line) => /^[0-9a-f]/.test(line) && !before.has(line) && !names.has(nameOf(line)),
  );
  if (before.size === now.length + 1 && now.every((line) => before.has(line))) return;
  const text = `${[...now, ...theirs].join('\n')}\n`;
  const draft = `${shown}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rm(packed, { recursive: true, force: true });
  await rename(draft, packed);
  await writeFile(shown, `${now.join('\n')}\n`, { mode: 0o600 });
}

/** The refs of a checkout that its worktrees see, each as `<id> <name>`. */
export async function refsOf(checkout: string): Promise<string[]> {
  const format = '--format=%(objectname) %(refname)';
  const lines = (await git(checkout, ['for-each-ref', format])).split('\n');
  return lines.filter((line) => line !== '' && !NOT_SHOWN.test(nameOf(line)));
}

const nameOf = (line: string): string => line.slice(line.indexOf(' ') + 1);

/** None when there is no such file. What an agent may have put in its place, a link or a pipe, is not read. */
function linesOf(path: string): string[] {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (
      ['ENOENT', 'ELOOP', 'ENXIO', 'EACCES'].includes(String((error as NodeJS.ErrnoException).code))
    )
      return [];
    throw error;
  }
  try {
    const found = fstatSync(file);
    return found.isFile() && found.size <= LARGEST ? readFileSync(file, 'utf8').split('\n') : [];
  } finally {
    closeSync(file);
  }
}
