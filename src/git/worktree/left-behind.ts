import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { git, gitAnswers } from '../command/client.ts';
import type { GitDirectories } from '../command/explicit.ts';

/** As many commits as are looked at, the latest ones. */
const MOST = 20;

/**
 * Commits that were made on a detached HEAD of the worktree, which has left them: only the worktree's own log names them,
 * and that goes with it. What the session's branch was once at is not among them.
 */
export async function leftBehind(
  { checkout, branch }: SessionLocation,
  { own, common }: Pick<GitDirectories, 'own' | 'common'>,
): Promise<string[]> {
  const onBranch = new Set(linesOf(join(common, 'logs', 'refs', 'heads', branch)).flatMap(idsOf));
  const left = linesOf(join(own, 'logs', 'HEAD')).flatMap(
    (line) => /\tcheckout: moving from ([0-9a-f]{40,64}) to /.exec(line)?.[1] ?? [],
  );
  const found: string[] = [];
  for (const id of [...new Set(left)].filter((id) => !onBranch.has(id)).slice(-MOST))
    if (await isNowhere(checkout, id)) found.push(id);
  return found;
}

async function isNowhere(checkout: string, id: string): Promise<boolean> {
  if (!(await gitAnswers(checkout, ['cat-file', '-e', id]))) return false;
  return (await git(checkout, ['for-each-ref', '--count=1', '--contains', id])) === '';
}

const idsOf = (line: string): string[] => line.split(' ', 2);

function linesOf(path: string): string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? readFileSync(path, 'utf8').split('\n') : [];
}
