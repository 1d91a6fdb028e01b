import { type GitOptions, git } from './client.ts';
import { commonDirectory } from './directories.ts';
import { GitFailure } from './failure.ts';
import { exclusively } from './mutex.ts';
import { tipOf } from './refs.ts';

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

/** @returns the tip of the remote's branch, without fetching it; undefined when the remote has no such branch */
export async function remoteTip(
  checkout: string,
  remote: string,
  branch: string,
  tokens: GitTokenSource,
): Promise<string | undefined> {
  const options = await authenticated(checkout, remote, tokens, 'fetch');
  const ref = `refs/heads/${branch}`;
  const output = await git(checkout, ['ls-remote', '--refs', '--', remote, ref], options);
  return output
    .split('\n')
    .find((line) => line.endsWith(`\t${ref}`))
    ?.split('\t')[0];
}

/**
 * Brings a branch of the remote into the repository. Fetches of one repository take turns, since git fails when two
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
  return exclusively(await commonDirectory(checkout), async () => {
    try {
      await git(checkout, [...FETCH, '--', remote, refspec], { ...options, signal });
    } catch (error) {
      if (error instanceof GitFailure && /couldn't find remote ref/.test(error.stderr))
        return undefined;
      throw error;
    }
    return tipOf(checkout, ref);
  });
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
