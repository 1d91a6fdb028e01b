import { realpathSync } from 'node:fs';
import { listWorktrees, type Worktree } from '../worktree/worktrees.ts';
import { git } from './client.ts';
import { checkoutGitOf } from './explicit.ts';
import { GitFailure } from './failure.ts';

export interface Repository {
  /** Absolute path of the person's own checkout, also when asked from within one of its worktrees. */
  readonly root: string;
  /** URL of the remote; undefined when there is no such remote. */
  readonly remoteUrl: string | undefined;
}

/** A bare repository, in which no worktree is the checkout by itself. */
export interface BareRepository {
  /** The worktrees that may be the person's checkout, the one around first. */
  readonly worktrees: readonly string[];
  /** Whether the directory is in the first of them. */
  readonly isInside: boolean;
}

/**
 * The repository that `directory` is in; undefined when it is in none. Around a bare repository several worktrees may be
 * meant: `choose` says which, and never one that an agent writes in.
 */
export async function findRepository(
  directory: string,
  remote = 'origin',
  choose: (bare: BareRepository) => Promise<string> = firstOf,
): Promise<Repository | undefined> {
  try {
    const top = await toplevel(directory);
    // A session's own git knows of no other worktree.
    const shared = top === undefined ? undefined : checkoutGitOf(top);
    const [main, ...linked] = await listWorktrees(shared ?? top ?? directory);
    if (main === undefined) return undefined;
    const root = main.bare ? await choose(ofBare(top, linked)) : main.path;
    return { root, remoteUrl: await remoteUrl(root, remote) };
  } catch (error) {
    if (error instanceof GitFailure && /not a git repository|work tree/.test(error.stderr))
      return undefined;
    throw error;
  }
}

/** Undefined in a bare repository, and in a directory whose `.git` leads to one. */
async function toplevel(directory: string): Promise<string | undefined> {
  try {
    return await git(directory, ['rev-parse', '--show-toplevel']);
  } catch (error) {
    if (error instanceof GitFailure && /must be run in a work tree/.test(error.stderr))
      return undefined;
    throw error;
  }
}

function ofBare(top: string | undefined, linked: readonly Worktree[]): BareRepository {
  const around = top === undefined ? undefined : realpathSync(top);
  const paths = linked.map(({ path }) => path).filter((path) => path !== around);
  return around === undefined
    ? { worktrees: paths, isInside: false }
    : { worktrees: [around, ...paths], isInside: true };
}

async function firstOf({ worktrees }: BareRepository): Promise<string> {
  const [first] = worktrees;
  if (first !== undefined) return first;
  throw new Error('a bare repository without a worktree has no checkout');
}

async function remoteUrl(checkout: string, remote: string): Promise<string | undefined> {
  try {
    return await git(checkout, ['remote', 'get-url', '--', remote]);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}
