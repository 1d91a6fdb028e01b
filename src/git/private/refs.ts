import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlainFile } from '../../state/files/plain-file.ts';
import { git } from '../command/client.ts';
import { type GitDirectories, sessionDirectory } from '../command/git-directories.ts';
import { branchRef } from '../refs/refs.ts';

/**
 * Refs that belong to Coppice, or that each worktree has for itself. A session's git does not see the
 * checkout's.
 */
const NOT_SHOWN = /^refs\/(coppice|stash|prefetch|bisect|worktree|rewritten)(\/|$)/;

/** The largest file of refs that is read, in bytes. */
const LARGEST = 64_000_000;

/**
 * Copies the checkout's branches, tags and remote-tracking refs, as they are now, into the session's private
 * git directory. Refs of the session's own stay, and its branch is one of them. A ref of the checkout that
 * the session changed keeps the session's value.
 * @param all the refs of the checkout, as `refsOf` returns them
 */
export async function refreshRefs(
  { own, record }: Pick<GitDirectories, 'own' | 'record'>,
  branch: string,
  all: readonly string[],
): Promise<void> {
  const now = all.filter((line) => nameOf(line) !== branchRef(branch));
  const [shown, packed] = [join(sessionDirectory(record), 'refs'), join(own, 'packed-refs')];
  const before = new Set(linesOf(shown));
  const names = new Set(now.map(nameOf));
  // A line that begins with `^` gives the commit of an annotated tag. git works without it.
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

/** The refs of a checkout that its worktrees see. Each is a line `<id> <name>`. */
export async function refsOf(checkout: string): Promise<string[]> {
  const format = '--format=%(objectname) %(refname)';
  const lines = (await git(checkout, ['for-each-ref', format])).split('\n');
  return lines.filter((line) => line !== '' && !NOT_SHOWN.test(nameOf(line)));
}

const nameOf = (line: string): string => line.slice(line.indexOf(' ') + 1);

/** The lines of a file that an agent may have replaced; none when it can't be read. */
const linesOf = (path: string): string[] => readPlainFile(path, LARGEST)?.split('\n') ?? [];
