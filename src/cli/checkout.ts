import { git } from '../git/client.ts';
import { GitFailure } from '../git/failure.ts';
import { branchRef, tipOf } from '../git/refs.ts';
import { findRepository } from '../git/repository.ts';
import type { Checkout } from './context.ts';

/** The checkout around a directory; asked from within a session's worktree, the person's own that it belongs to. */
export async function openCheckout(directory: string): Promise<Checkout | undefined> {
  const found = await findRepository(directory);
  if (!found) return undefined;
  const { root: path } = found;
  return {
    path,
    remoteUrl: async (remote) => (await findRepository(path, remote))?.remoteUrl,
    defaultBranch: (remote) => defaultBranch(path, remote),
    branchExists: async (branch) => (await tipOf(path, branchRef(branch))) !== undefined,
  };
}

async function defaultBranch(path: string, remote: string): Promise<string | undefined> {
  try {
    const head = `refs/remotes/${remote}/HEAD`;
    const name = await git(path, ['symbolic-ref', '--quiet', '--short', head]);
    return name.slice(remote.length + 1);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}
