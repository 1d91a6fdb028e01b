import { z } from 'zod';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { type GitOptions, git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import { pushedRef, tipOf } from '../refs/refs.ts';
import { lfs } from './lfs.ts';

const Locks = z.object({
  theirs: z
    .array(z.object({ path: z.string(), owner: z.object({ name: z.string() }).nullish() }))
    .nullish(),
});

/** As many files as a person reads. */
const SHOWN = 5;

/**
 * Refuses to push changes of files that others have locked in Git LFS, where the person has that verified: a hook would, and
 * Coppice runs none. @throws PushRejected
 */
export async function refuseLockedFiles(
  location: SessionLocation,
  sha: string,
  login: GitOptions,
): Promise<void> {
  const { checkout, remote, branch } = location;
  if (!(await verifiesLocks(checkout, sha))) return;
  const changed = new Set(await changedIn(location, sha));
  if (changed.size === 0) return;
  const args = ['locks', '--verify', '--json', `--remote=${remote}`];
  const { theirs } = Locks.parse(JSON.parse(await lfs(checkout, args, login)));
  const locked = (theirs ?? []).filter(({ path }) => changed.has(path));
  if (locked.length === 0) return;
  const named = locked
    .slice(0, SHOWN)
    .map(({ path, owner }) => `${oneLine(path, 100)} by ${oneLine(owner?.name ?? 'somebody', 50)}`);
  const more = locked.length > SHOWN ? ` and ${locked.length - SHOWN} more` : '';
  throw new CoppiceError(
    'PushRejected',
    `${branch} changes files that others have locked in Git LFS (${named.join(', ')}${more}): have them unlocked, or take these changes out of the commits`,
  );
}

const VERIFIED = '^lfs\\.(.*\\.)?locksverify$';

/** Whether the person's configuration, or the repository's own for Git LFS, says so. */
async function verifiesLocks(checkout: string, sha: string): Promise<boolean> {
  for (const from of [[], ['--blob', `${sha}:.lfsconfig`]]) {
    const args = ['config', ...from, '--type=bool', '--get-regexp', VERIFIED];
    if (/ true$/m.test(await orEmpty(git(checkout, args)))) return true;
  }
  return false;
}

/** Nothing where there is no such setting, or no such file. */
const orEmpty = (reading: Promise<string>): Promise<string> =>
  reading.catch((error: unknown) => {
    if (error instanceof GitFailure) return '';
    throw error;
  });

/** The files that commits change which the remote does not have yet. */
async function changedIn(
  { checkout, remote, branch }: SessionLocation,
  sha: string,
): Promise<string[]> {
  const pushed = await tipOf(checkout, pushedRef(branch));
  const not = ['--not', `--remotes=${remote}`, ...(pushed === undefined ? [] : [pushed])];
  const args = ['log', '--format=', '--name-only', '--no-renames', '-z', sha, ...not];
  return (await git(checkout, args)).split(/[\0\n]/).filter((name) => name !== '');
}
