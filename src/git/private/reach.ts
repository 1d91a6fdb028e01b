import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type GitDirectories, isPrivate, textOf } from '../command/explicit.ts';
import { GUARDED } from './directory.ts';

/** What of a worktree's git data a sandboxed program may write. */
interface Reach {
  /** The checkout's git directory. */
  readonly common: string;
  /** What it reads of that, and of repositories whose objects that borrows. */
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** In it, what it may not. */
  readonly keep: readonly string[];
}

/** Of a checkout's git directory, as much as committing needs: for sessions that have no git directory of their own. */
const SHARED = ['objects', 'logs', 'refs/heads'];

/** What is opened beside, where it is in use. */
const LFS = 'lfs';

/** Files that, if changed, would point git at another repository or give it another configuration. */
const POINTERS = ['commondir', 'gitdir', 'config.worktree'];

/** Of a checkout's git directory, what a session's own git uses. Other sessions' own are there too. */
const READ = ['objects', 'config', 'hooks', LFS];

/** Absolute paths of the objects that a checkout borrows, as `git clone --reference` makes it. */
const alternates = (common: string): string[] =>
  (textOf(join(common, 'objects', 'info', 'alternates')) ?? '')
    .split('\n')
    .filter((line) => line.startsWith('/') && existsSync(line));

/** All of the session's own git directory but what says which configuration counts; nothing of the checkout's. */
export function reachOf(found: GitDirectories): Reach {
  const { worktree, own, record } = found;
  const common = dirname(dirname(record));
  const file = join(worktree, '.git');
  if (isPrivate(found)) {
    const read = [...READ.map((name) => join(common, name)), ...alternates(common)];
    return {
      ...{ common, read: read.filter((path) => existsSync(path)), write: [own] },
      keep: [file, ...GUARDED.map((name) => join(own, name))],
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
