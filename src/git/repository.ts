import { git } from './client.ts';
import { GitFailure } from './failure.ts';
import { listWorktrees } from './worktrees.ts';

export interface Repository {
  /** Absolute path of the person's own checkout, also when asked from within one of its worktrees. */
  readonly root: string;
  /** URL of the remote; undefined when there is no such remote. */
  readonly remoteUrl: string | undefined;
}

/** The repository that `directory` is in; undefined when it is in none. */
export async function findRepository(
  directory: string,
  remote = 'origin',
): Promise<Repository | undefined> {
  try {
    const toplevel = await git(directory, ['rev-parse', '--show-toplevel']);
    const [main] = await listWorktrees(toplevel);
    const root = main && !main.bare ? main.path : toplevel;
    return { root, remoteUrl: await remoteUrl(root, remote) };
  } catch (error) {
    if (error instanceof GitFailure && /not a git repository|work tree/.test(error.stderr))
      return undefined;
    throw error;
  }
}

async function remoteUrl(checkout: string, remote: string): Promise<string | undefined> {
  try {
    return await git(checkout, ['remote', 'get-url', '--', remote]);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}
