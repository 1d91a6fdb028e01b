import { CoppiceError } from '../../domain/shared/failure.ts';
import { type GitOptions, git } from '../command/client.ts';
import { commonDirectory } from '../command/directories.ts';
import { GitFailure } from '../command/failure.ts';
import { exclusively } from '../command/mutex.ts';
import { refsInTheWay, staleTracking } from '../refs/branch-obstacle.ts';
import { branchRef, tipOf } from '../refs/refs.ts';
import { bringLfs } from './lfs.ts';

/**
 * Gives a GitHub token for the remote at `origin`; asked only when a remote is reached over HTTP. It must refuse any origin
 * but GitHub's: which remote git would reach is in the repository's configuration, which an agent may have written.
 */
export type GitTokenSource = (origin: string) => Promise<string>;

/**
 * Options that authenticate a command with the remote: over HTTP the token, for the remote's own origin only; anything
 * else (ssh, a path) is the person's own way.
 */
export async function authenticated(
  checkout: string,
  remote: string,
  tokens: GitTokenSource,
  direction: 'fetch' | 'push',
): Promise<GitOptions> {
  const push = direction === 'push' ? ['--push'] : [];
  const url = await git(checkout, ['remote', 'get-url', ...push, '--', remote]);
  return credentialsFor(url, tokens);
}

/** The same for an address. */
export async function credentialsFor(url: string, tokens: GitTokenSource): Promise<GitOptions> {
  if (!/^https?:\/\//i.test(url)) return {};
  const { origin } = new URL(url);
  const token = await tokens(origin);
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
  const key = `http.${origin}/.extraHeader`;
  return {
    // The empty value takes away headers from the repository's configuration.
    config: [
      [key, ''],
      [key, `AUTHORIZATION: basic ${credentials}`],
    ],
    secrets: [token, credentials],
  };
}

/** @returns undefined when the remote is empty */
export async function remoteDefaultBranch(
  checkout: string,
  remote: string,
  tokens: GitTokenSource,
): Promise<string | undefined> {
  const options = await authenticated(checkout, remote, tokens, 'fetch');
  const output = await git(checkout, ['ls-remote', '--symref', '--', remote, 'HEAD'], options);
  return /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(output)?.[1];
}

/** The tip of the remote's branch, and another branch because of which it can't have this one, without fetching either. */
export async function remoteBranch(
  checkout: string,
  remote: string,
  branch: string,
  tokens: GitTokenSource,
): Promise<{ readonly tip: string | undefined; readonly obstacle: string | undefined }> {
  const options = await authenticated(checkout, remote, tokens, 'fetch');
  const ref = branchRef(branch);
  const { above, below, has } = refsInTheWay(branchRef(''), branch);
  const patterns = [ref, ...above, `${below}*`];
  const output = await git(checkout, ['ls-remote', '--refs', '--', remote, ...patterns], options);
  // A pattern may begin anywhere in a name.
  const tips = new Map(output.split('\n').map((line) => reversed(line.split('\t'))));
  const obstacle = [...tips.keys()].find(has);
  return { tip: tips.get(ref), obstacle: obstacle?.slice(branchRef('').length) };
}

const reversed = ([sha = '', ref = '']: string[]): [string, string] => [ref, sha];

/**
 * Brings a branch of the remote into the repository, with what Git LFS keeps of its files. Fetches of one repository take turns, since git fails when two
 * write the same refs.
 * @returns its tip; undefined when the remote has no such branch
 */
export async function fetchBranch(
  checkout: string,
  remote: string,
  branch: string,
  tokens: GitTokenSource,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const options = await authenticated(checkout, remote, tokens, 'fetch');
  const ref = `refs/remotes/${remote}/${branch}`;
  const refspec = `+refs/heads/${branch}:${ref}`;
  const tip = await exclusively(await commonDirectory(checkout), async () => {
    try {
      await git(checkout, [...FETCH, '--', remote, refspec], { ...options, signal });
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      if (/couldn't find remote ref/.test(error.stderr)) return undefined;
      throw await blocked(error, { checkout, remote, branch });
    }
    return tipOf(checkout, ref);
  });
  if (tip !== undefined) await bringLfs({ checkout, remote }, tip, { ...options, signal });
  return tip;
}

/** The error of a fetch, with what to do about it where something that the remote has deleted is in the way. */
async function blocked(
  error: GitFailure,
  { checkout, remote, branch }: { checkout: string; remote: string; branch: string },
): Promise<Error> {
  if (!/cannot lock ref/.test(error.stderr)) return error;
  const stale = await staleTracking(checkout, remote, branch);
  if (stale === undefined) return error;
  return new CoppiceError(
    'GitFailed',
    `${checkout} remembers ${stale}, which ${remote} has deleted, and git can’t have ${remote}/${branch} beside it: run \`git remote prune ${remote}\` there`,
    error.details,
  );
}

/** Brings one commit into the repository, if the remote gives it away. */
export async function fetchCommit(
  checkout: string,
  remote: string,
  sha: string,
  tokens: GitTokenSource,
): Promise<void> {
  const options = await authenticated(checkout, remote, tokens, 'fetch');
  const common = await commonDirectory(checkout);
  await exclusively(common, () => git(checkout, [...FETCH, '--', remote, sha], options));
}

/** What fetches refs and objects, and does nothing else. */
export const FETCH = [
  'fetch',
  '--quiet',
  '--no-write-fetch-head',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
];
