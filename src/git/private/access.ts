import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type GitDirectories, hasPrivateGit, textOf } from '../command/git-directories.ts';
import { READ_ONLY } from './directory.ts';

/** Which git data of a worktree a program in the sandbox may read and write. All paths are absolute. */
interface GitAccess {
  /** The checkout's git directory. */
  readonly common: string;
  /**
   * What the program may read: parts of `common`, and the objects of repositories from which the checkout
   * borrows.
   */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Paths below `write` that it may not write. */
  readonly keep: readonly string[];
}

/**
 * The parts of a checkout's git directory that a commit writes. They are used for sessions without a private
 * git directory.
 */
const SHARED = ['objects', 'logs', 'refs/heads'];

/** The directory of Git LFS, which is opened too if it exists. */
const LFS = 'lfs';

/** Files that, if changed, would point git at another repository or give it another configuration. */
const POINTERS = ['commondir', 'gitdir', 'config.worktree'];

/**
 * The parts of a checkout's git directory that a private git directory uses. The rest stays closed, because
 * the private git directories of other sessions are there too.
 */
const READ = ['objects', 'config', 'hooks', LFS];

/**
 * Absolute paths of the object directories from which a checkout borrows, as `git clone --reference` sets up.
 */
const alternates = (common: string): string[] =>
  (textOf(join(common, 'objects', 'info', 'alternates')) ?? '')
    .split('\n')
    .filter((line) => line.startsWith('/') && existsSync(line));

/**
 * Returns what a sandboxed program may reach. With a private git directory it may write that directory,
 * except for the files that choose the configuration, and nothing of the checkout's git directory.
 */
export function gitAccessOf(found: GitDirectories): GitAccess {
  const { worktree, own, record } = found;
  const common = dirname(dirname(record));
  const file = join(worktree, '.git');
  if (hasPrivateGit(found)) {
    const read = [...READ.map((name) => join(common, name)), ...alternates(common)];
    return {
      ...{ common, read: read.filter((path) => existsSync(path)), write: [own] },
      keep: [file, ...READ_ONLY.map((name) => join(own, name))],
    };
  }
  const lfs = join(common, LFS);
  const shared = SHARED.map((name) => join(common, name));
  return {
    ...{ common, read: [common, ...alternates(common)] },
    write: [...shared, ...(existsSync(lfs) ? [lfs] : []), own],
    keep: [file, ...POINTERS.map((name) => join(own, name))],
  };
}
