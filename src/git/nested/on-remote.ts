import { CoppiceError } from '../../domain/shared/failure.ts';
import { GitFailure } from '../command/failure.ts';
import { credentialsFor, type GitTokenSource } from '../remote/remote.ts';
import { borrowing } from './borrowed.ts';

/** How git may reach a submodule's repository: not through a program that its address names. */
const PROTOCOLS = { GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file' };

/**
 * Whether the repository at an address has a commit. The address must come from what people merged, not from an agent.
 * @returns false too when it can't be told
 */
export async function isOnRemote(
  url: string,
  sha: string,
  tokens: GitTokenSource,
): Promise<boolean> {
  // What it borrows nothing from has only what the remote gives.
  return borrowing({ head: sha.length === 64 ? sha : undefined }, async ({ git }) => {
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

/** On servers other than GitHub, a submodule is read without a login. */
async function credentials(url: string, tokens: GitTokenSource) {
  try {
    return await credentialsFor(url, tokens);
  } catch (error) {
    if (error instanceof CoppiceError) return {};
    throw error;
  }
}

/** A submodule's address, which may be relative to that of the repository it is in. */
export function absoluteUrl(url: string, parent: string): string {
  if (!/^\.\.?\//.test(url)) return url;
  let [base, rest] = [parent.replace(/\/+$/, ''), url];
  while (/^\.\.?\//.test(rest)) {
    if (rest.startsWith('../')) base = base.replace(/[/:][^/:]*$/, '');
    rest = rest.replace(/^\.\.?\//, '');
  }
  return `${base}/${rest}`;
}
