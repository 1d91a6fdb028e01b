import { CoppiceError } from '../../domain/shared/failure.ts';
import { type GitOptions, git } from '../command/client.ts';
import { commonDirectory } from '../command/directories.ts';
import { GitFailure } from '../command/failure.ts';
import { exclusively } from '../command/mutex.ts';
import { refsInTheWay, staleTracking } from '../refs/branch-obstacle.ts';
import { branchRef, tipOf } from '../refs/refs.ts';
import { fetchLfsObjects } from './lfs.ts';

/**
 * Returns a GitHub token for the remote at `origin` (scheme, host and port). It is called only for a remote
 * over HTTP. It must refuse every origin but GitHub's, because the remote's URL is in the repository's
 * configuration, which an agent may have written.
 */
export type GitTokenSource = (origin: string) => Promise<string>;

/**
 * Options that authenticate a fetch from the remote. Over HTTP they hold a token, which git sends to
 * the remote's origin only. For other protocols (ssh, a path) they are empty, and the person's own login is
 * used.
 */
export async function authenticated(
  checkout: string,
  remote: string,
  tokens: GitTokenSource,
): Promise<GitOptions> {
  return credentialsFor(await fetchUrl(checkout, remote), tokens);
}

const fetchUrl = (checkout: string, remote: string): Promise<string> =>
  git(checkout, ['remote', 'get-url', '--', remote]);

/**
 * Where a push to the remote goes, and what authenticates it. Of several addresses it is the one that is fetched from, or else
 * the first: the others are mirrors, which get what the person pushes.
 */
export async function pushTarget(
  checkout: string,
  remote: string,
  tokens: GitTokenSource,
): Promise<{ readonly to: string; readonly login: GitOptions }> {
  const all = await git(checkout, ['remote', 'get-url', '--push', '--all', '--', remote]);
  const [first = '', ...others] = all.split('\n');
  if (others.length === 0) return { to: remote, login: await credentialsFor(first, tokens) };
  const fetched = await fetchUrl(checkout, remote);
  const to = others.includes(fetched) ? fetched : first;
  return { to, login: await credentialsFor(to, tokens) };
}

/** Options that authenticate a git command with a URL. */
export async function credentialsFor(url: string, tokens: GitTokenSource): Promise<GitOptions> {
  if (!/^https?:\/\//i.test(url)) return {};
  const { origin } = new URL(url);
  const token = await tokens(origin);
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
  const key = `http.${origin}/.extraHeader`;
  return {
    // The empty value removes headers that the repository's configuration sets.
    config: [
      [key, ''],
      [key, `AUTHORIZATION: basic ${credentials}`],
    ],
    secrets: [token, credentials],
  };
}

/** The name of the remote's default branch; undefined when the remote is empty. */
export async function remoteDefaultBranch(
  checkout: string,
  remote: string,
  tokens: GitTokenSource,
): Promise<string | undefined> {
  const options = await authenticated(checkout, remote, tokens);
  const output = await git(checkout, ['ls-remote', '--symref', '--', remote, 'HEAD'], options);
  return /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(output)?.[1];
}

/**
 * The tip of a remote branch, and the branch that prevents it from being made, if there is one. Nothing is
 * fetched.
 */
export async function remoteBranch(
  checkout: string,
  remote: string,
  branch: string,
  tokens: GitTokenSource,
): Promise<{ readonly tip: string | undefined; readonly obstacle: string | undefined }> {
  const options = await authenticated(checkout, remote, tokens);
  const ref = branchRef(branch);
  const { above, below, has } = refsInTheWay(branchRef(''), branch);
  const patterns = [ref, ...above, `${below}*`];
  const output = await git(checkout, ['ls-remote', '--refs', '--', remote, ...patterns], options);
  // `ls-remote` also lists refs whose names only end like a pattern, so names are compared exactly.
  const tips = new Map(output.split('\n').map((line) => reversed(line.split('\t'))));
  const obstacle = [...tips.keys()].find(has);
  return { tip: tips.get(ref), obstacle: obstacle?.slice(branchRef('').length) };
}

const reversed = ([sha = '', ref = '']: string[]): [string, string] => [ref, sha];

/**
 * Fetches a branch of the remote, and the Git LFS objects of its files. Fetches in one repository run one
 * after the other, because git fails when two write the same refs.
 * @returns the branch's tip; undefined when the remote has no such branch
 */
export async function fetchBranch(
  checkout: string,
  remote: string,
  branch: string,
  tokens: GitTokenSource,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const options = await authenticated(checkout, remote, tokens);
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
  if (tip !== undefined) await fetchLfsObjects({ checkout, remote }, tip, { ...options, signal });
  return tip;
}

/**
 * The error of a fetch. If a branch that the remote has deleted prevents the fetch, the message says what to
 * do.
 */
async function blocked(
  error: GitFailure,
  { checkout, remote, branch }: { checkout: string; remote: string; branch: string },
): Promise<Error> {
  if (!/cannot lock ref/.test(error.stderr)) return error;
  const stale = await staleTracking(checkout, remote, branch);
  if (stale === undefined) return error;
  return new CoppiceError(
    'GitFailed',
    `${checkout} remembers ${stale}, which ${remote} has deleted, and git can’t store ${remote}/${branch} while it exists: run \`git remote prune ${remote}\` there`,
    error.details,
  );
}

/** Fetches one commit by its id, if the remote allows that. */
export async function fetchCommit(
  checkout: string,
  remote: string,
  sha: string,
  tokens: GitTokenSource,
): Promise<void> {
  const options = await authenticated(checkout, remote, tokens);
  const common = await commonDirectory(checkout);
  await exclusively(common, () => git(checkout, [...FETCH, '--', remote, sha], options));
}

/** A fetch that brings only the given refs and their objects. */
export const FETCH = [
  'fetch',
  '--quiet',
  '--no-write-fetch-head',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-auto-maintenance',
];
