import { CoppiceError } from '../../domain/shared/failure.ts';
import { GitFailure } from '../command/failure.ts';
import { credentialsFor, type GitTokenSource } from '../remote/remote.ts';
import { withQuarantine } from './quarantine.ts';

/**
 * Protocols with which git may reach a submodule's repository. A protocol that runs a program named in the
 * URL is not among them.
 */
const PROTOCOLS = { GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file' };

/**
 * Whether the repository at a URL has a commit. The URL must come from merged files, not from an agent's.
 * @returns false also when that can't be found out
 */
export async function isOnRemote(
  url: string,
  sha: string,
  tokens: GitTokenSource,
): Promise<boolean> {
  // The temporary repository borrows no objects, so it has only what the remote sends.
  return withQuarantine({ head: sha.length === 64 ? sha : undefined }, async ({ git }) => {
    try {
      const options = { ...(await credentials(url, tokens)), env: PROTOCOLS };
      const tips = await git(['ls-remote', '--', url], options);
      if (tips.split('\n').some((line) => line.startsWith(`${sha}\t`))) return true;
      await git(['fetch', '--quiet', '--no-tags', '--depth=1', '--', url, sha], options);
      return true;
    } catch (error) {
      if (error instanceof GitFailure) return false;
      throw error;
    }
  });
}

/** The login for a submodule's repository. On servers other than GitHub, it is read without one. */
async function credentials(url: string, tokens: GitTokenSource) {
  try {
    return await credentialsFor(url, tokens);
  } catch (error) {
    if (error instanceof CoppiceError) return {};
    throw error;
  }
}

/**
 * A submodule's URL. In `.gitmodules` it may be relative to the URL of the repository that contains the
 * submodule.
 */
export function absoluteUrl(url: string, parent: string): string {
  if (!/^\.\.?\//.test(url)) return url;
  let [base, rest] = [parent.replace(/\/+$/, ''), url];
  while (/^\.\.?\//.test(rest)) {
    if (rest.startsWith('../')) base = base.replace(/[/:][^/:]*$/, '');
    rest = rest.replace(/^\.\.?\//, '');
  }
  return `${base}/${rest}`;
}
