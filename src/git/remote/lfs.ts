import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError, TransientError } from '../../domain/shared/failure.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { type GitOptions, git, gitAnswers } from '../command/client.ts';
import { commonDirectory } from '../command/directories.ts';
import { GitFailure, tail } from '../command/failure.ts';
import { copyLfsObjects, lfsObject } from '../private/lfs.ts';
import { pushedRef, tipOf } from '../refs/refs.ts';

/** A pointer file of Git LFS is smaller than this, in bytes. */
const LARGEST_POINTER = 1_024;

/** A pointer as `cat-file --batch` writes it. */
const POINTER =
  /^[0-9a-f]{40,64} blob \d+\nversion https:\/\/git-lfs\.github\.com\/spec\/v\d+\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})$/gm;

/** How many objects one command gets. */
const AT_ONCE = 200;

/** Messages of git-lfs about an unreachable network or server, in the words of Go's libraries. */
const AWAY =
  /dial tcp|i\/o timeout|no such host|connection re(fused|set)|tls handshake|unexpected eof|: EOF|context deadline|server error|http 5\d\d|status 5\d\d|rate limit/i;

const REFUSED = /authoriz|authentic|forbidden|credentials|http 40[13]/i;

/**
 * Uploads the Git LFS objects of commits that are about to be pushed. A pre-push hook would do that, but
 * Coppice runs no hooks.
 * @param login the options that authenticate the push
 * @throws PushRejected, Unauthorized
 */
export async function uploadLfs(
  location: SessionLocation,
  sha: string,
  login: GitOptions,
): Promise<void> {
  const wanted = await pointersIn(location, sha);
  if (wanted.length === 0) return;
  const { checkout, remote, branch } = location;
  if (!(await hasLfs(checkout)))
    throw new CoppiceError(
      'PushRejected',
      `${branch} has files in Git LFS, and git-lfs is not on the PATH of Coppice’s worker: install it, and start the worker again`,
    );
  const common = await commonDirectory(checkout);
  const isHere = (oid: string) => existsSync(lfsObject(common, oid));
  await copyLfsObjects(
    location,
    common,
    wanted.filter((oid) => !isHere(oid)),
  );
  if (!wanted.every(isHere)) await fetchLfs(location, sha, login);
  const here = wanted.filter(isHere);
  if (here.length < wanted.length)
    throw new CoppiceError(
      'PushRejected',
      `${branch} has pointers to Git LFS objects that are neither on this machine nor on ${remote} (${wanted
        .filter((oid) => !isHere(oid))
        .map((oid) => oid.slice(0, 12))
        .join(', ')}): add the files again with git-lfs installed`,
    );
  for (let at = 0; at < here.length; at += AT_ONCE)
    await lfs(checkout, ['push', '--object-id', remote, ...here.slice(at, at + AT_ONCE)], login);
}

/**
 * Downloads the Git LFS objects of a commit, so that no checkout has to: the filters that a checkout runs get
 * no login. A file that the server does not have stays a pointer.
 */
export async function fetchLfsObjects(
  location: Pick<SessionLocation, 'checkout' | 'remote'>,
  commit: string,
  login: GitOptions,
): Promise<void> {
  const { checkout } = location;
  if (!(await usesLfs(checkout, commit, login)) || !(await hasLfs(checkout))) return;
  // The sandbox makes this directory available to the agent if it exists.
  await mkdir(join(await commonDirectory(checkout), 'lfs'), { recursive: true });
  await fetchLfs(location, commit, login);
}

async function fetchLfs(
  { checkout, remote }: Pick<SessionLocation, 'checkout' | 'remote'>,
  commit: string,
  login: GitOptions,
): Promise<void> {
  try {
    await lfs(checkout, ['fetch', remote, commit], login);
  } catch (error) {
    if (!(error instanceof GitFailure && error.type === 'GitFailed')) throw error;
  }
}

/**
 * Whether a checkout of the commit replaces LFS pointers by files. A partial clone may have to fetch
 * `.gitattributes` for this, with the login. That is safe, because a search in a commit runs no program.
 */
async function usesLfs(checkout: string, commit: string, login: GitOptions): Promise<boolean> {
  const attributes = ['--', ':(glob)**/.gitattributes'];
  return (
    (await gitAnswers(checkout, ['config', '--get-regexp', '^filter\\.lfs\\.'])) &&
    (await gitAnswers(
      checkout,
      ['grep', '--quiet', '--no-textconv', '-e', 'filter=lfs', commit, ...attributes],
      login,
    ))
  );
}

async function hasLfs(checkout: string): Promise<boolean> {
  try {
    await git(checkout, ['lfs', 'version'], { config: [NO_ALIAS] });
    return true;
  } catch (error) {
    if (error instanceof GitFailure) return false;
    throw error;
  }
}

/**
 * If git-lfs is missing, git would run an alias of that name, which an agent may have written. This alias
 * takes its place.
 */
const NO_ALIAS = ['alias.lfs', 'no-git-lfs'] as const;

/** Runs git-lfs with the login. @throws Unauthorized, PushRejected, TransientError */
export async function lfs(
  checkout: string,
  args: readonly string[],
  login: GitOptions,
): Promise<string> {
  const { config = [], ...rest } = (await runsPrograms(checkout)) ? {} : login;
  try {
    return await git(checkout, ['lfs', ...args], { ...rest, config: [...config, NO_ALIAS] });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const said = oneLine(error.stderr || error.stdout, 300);
    if (AWAY.test(said)) throw new TransientError(`git lfs ${args[0]} failed: ${said}`);
    if (args[0] === 'fetch' && !REFUSED.test(said)) throw error;
    throw new CoppiceError(
      REFUSED.test(said) ? 'Unauthorized' : 'PushRejected',
      `git lfs ${args[0]} was refused (${said}): check lfs.url, and whether your login may use Git LFS there`,
      tail(error.stderr),
    );
  }
}

/**
 * Whether the repository's configuration names programs that git-lfs would run. Then git-lfs gets no token.
 */
const runsPrograms = (checkout: string): Promise<boolean> =>
  gitAnswers(checkout, [
    ...['config', '--local', '--get-regexp'],
    '^lfs\\.(customtransfer|standalonetransferagent|extension|.*\\.standalonetransferagent)',
  ]);

/** Ids (SHA-256) of the LFS objects whose pointers are in commits that the remote does not have yet. */
async function pointersIn(location: SessionLocation, sha: string): Promise<string[]> {
  const { checkout, remote, branch } = location;
  const pushed = await tipOf(checkout, pushedRef(branch));
  const not = ['--not', `--remotes=${remote}`, ...(pushed === undefined ? [] : [pushed])];
  const list = ['rev-list', '--objects', '--no-object-names', '--missing=print'];
  const ids = await git(checkout, [...list, `--filter=blob:limit=${LARGEST_POINTER}`, sha, ...not]);
  const format = '--batch-check=%(objecttype) %(objectsize) %(objectname)';
  // An object that a partial clone lacks is on the remote already.
  const input = ids.split('\n').filter((id) => !id.startsWith('?'));
  const types = await git(checkout, ['cat-file', format], { input: `${input.join('\n')}\n` });
  const small = types.split('\n').flatMap((line) => {
    const [type, size, id = ''] = line.split(' ');
    return type === 'blob' && Number(size) < LARGEST_POINTER ? [id] : [];
  });
  if (small.length === 0) return [];
  const contents = await git(checkout, ['cat-file', '--batch'], { input: `${small.join('\n')}\n` });
  return [...new Set([...contents.matchAll(POINTER)].map(([, oid = '']) => oid))];
}
