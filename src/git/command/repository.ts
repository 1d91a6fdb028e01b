import { existsSync, realpathSync } from 'node:fs';
import { listWorktrees, type Worktree } from '../worktree/worktrees.ts';
import { git } from './client.ts';
import { commonDirectory, gitDirectory } from './directories.ts';
import { GitFailure } from './failure.ts';
import { gitDirectoryOfCheckout } from './git-directories.ts';

export interface Repository {
  /** Absolute path of the person's own checkout, also when asked from within one of its worktrees. */
  readonly root: string;
  /** URL of the remote; undefined when there is no such remote. */
  readonly remoteUrl: string | undefined;
}

/** A bare repository. None of its worktrees is the main one, so one must be chosen as the checkout. */
export interface BareRepository {
  /**
   * The worktrees that may be the person's checkout. The one that contains the current directory is first.
   */
  readonly worktrees: readonly string[];
  /** Whether the current directory is in the first of them. */
  readonly isInside: boolean;
}

/**
 * Finds the repository that contains `directory`; undefined when there is none. A bare repository may have
 * several worktrees: `choose` then returns the path of the checkout. It must not return a session's worktree,
 * because an agent writes there.
 */
export async function findRepository(
  directory: string,
  remote = 'origin',
  choose: (bare: BareRepository) => Promise<string> = firstOf,
): Promise<Repository | undefined> {
  try {
    const top = await toplevel(directory);
    // A private git directory does not list other worktrees.
    const shared = top === undefined ? undefined : gitDirectoryOfCheckout(top);
    const [main, ...linked] = await listWorktrees(shared ?? top ?? directory);
    if (main === undefined) return undefined;
    const root = await rootOf(main, linked, { top, from: shared ?? top ?? directory, choose });
    return { root, remoteUrl: await remoteUrl(root, remote) };
  } catch (error) {
    if (error instanceof GitFailure && /not a git repository|work tree/.test(error.stderr))
      return undefined;
    throw error;
  }
}

interface Asked {
  /** The top directory of the worktree around; undefined in a bare repository. */
  readonly top: string | undefined;
  /** Where git is asked. */
  readonly from: string;
  readonly choose: (bare: BareRepository) => Promise<string>;
}

/**
 * Where the git directory is elsewhere (`git clone --separate-git-dir`, a submodule), git lists that in the place of the main
 * worktree. The main worktree is then the one around, if it is not a linked one.
 */
async function rootOf(
  main: Worktree,
  linked: readonly Worktree[],
  { top, from, choose }: Asked,
): Promise<string> {
  if (main.bare) return choose(ofBare(top, linked));
  const common = await commonDirectory(from);
  if (!existsSync(main.path) || realpathSync(main.path) !== realpathSync(common)) return main.path;
  const isMain =
    top !== undefined && realpathSync(await gitDirectory(top)) === realpathSync(common);
  return isMain ? top : choose(ofBare(top, linked));
}

/**
 * The top directory of the worktree; undefined in a bare repository, and in a directory whose `.git` file
 * names one.
 */
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
