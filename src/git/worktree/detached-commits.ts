import { join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { readPlainFile } from '../../state/files/plain-file.ts';
import { git, gitAnswers } from '../command/client.ts';
import type { GitDirectories } from '../command/git-directories.ts';

/** How many commits are examined at most: the latest ones. */
const MOST = 20;

/**
 * Commits that were made on a detached HEAD of the worktree, and that no ref contains. Only the worktree's
 * own reflog names them, and it is removed with the worktree. Commits at which the session's branch once was
 * are not among them.
 */
export async function detachedCommits(
  { branch }: SessionLocation,
  found: GitDirectories,
): Promise<string[]> {
  const { own, common } = found;
  const onBranch = new Set(
    reflogLines(join(common, 'logs', 'refs', 'heads', branch)).flatMap(idsOf),
  );
  const left = reflogLines(join(own, 'logs', 'HEAD')).flatMap(
    (line) => /\tcheckout: moving from ([0-9a-f]{40,64}) to /.exec(line)?.[1] ?? [],
  );
  const nowhere: string[] = [];
  for (const id of [...new Set(left)].filter((id) => !onBranch.has(id)).slice(-MOST))
    if (await isNowhere(found, id)) nowhere.push(id);
  return nowhere;
}

async function isNowhere(over: GitDirectories, id: string): Promise<boolean> {
  if (!(await gitAnswers(over.own, ['cat-file', '-e', id], { directories: over }))) return false;
  return (
    (await git(over.own, ['for-each-ref', '--count=1', '--contains', id], {
      directories: over,
    })) === ''
  );
}

const idsOf = (line: string): string[] => line.split(' ', 2);

/** The largest reflog that is read, in bytes. */
const LARGEST = 64_000_000;

/** The lines of a reflog; none when an agent has replaced it by something that is not a file. */
export const reflogLines = (path: string): string[] =>
  readPlainFile(path, LARGEST)?.split('\n') ?? [];
