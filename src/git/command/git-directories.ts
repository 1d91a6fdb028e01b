import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { makeTemporary } from '../../process/temporary.ts';

/** Where a worktree's git data is. All are absolute paths without symbolic links. */
export interface GitDirectories {
  readonly worktree: string;
  /**
   * Holds refs and objects: the session's private git directory, or, in the layout of earlier versions, the
   * checkout's git directory, which all worktrees share.
   */
  readonly common: string;
  /** Holds HEAD and index: the same private directory, or, in the earlier layout, `record`. */
  readonly own: string;
  /** The checkout's own record of the worktree: `worktrees/<name>` in its git directory. */
  readonly record: string;
}

/**
 * Whether the session has a private git directory. If so, work in the worktree writes nothing into the
 * checkout's git directory.
 */
export const hasPrivateGit = ({ own, record }: GitDirectories): boolean => own !== record;

/**
 * The directory for one session in the checkout's git directory. Only Coppice writes in it, except in the
 * private git directory below it.
 */
export const sessionDirectory = (record: string): string =>
  join(dirname(dirname(record)), 'coppice', basename(record));

/** The private git directory itself, in which the session's agent writes. */
export const privateDirectory = (record: string): string => join(sessionDirectory(record), 'git');

/**
 * A copy of the record's HEAD file, written when the private git directory is complete. If it differs from
 * the record, the private git directory belongs to an earlier worktree of the same name.
 */
const headOf = (record: string): string => join(sessionDirectory(record), 'head');

/** Whether the worktree of this record has a private git directory. */
export function recordHasPrivateGit(record: string): boolean {
  const head = textOf(headOf(record));
  return head !== undefined && head === textOf(join(record, 'HEAD'));
}

/** The script that runs git in a sandbox, for git data that an agent in a sandbox may have written. */
export const sandboxScriptOf = (record: string): string => join(sessionDirectory(record), 'run');

const known = new Map<string, GitDirectories>();

/**
 * Makes every later git command in `path` use these directories, whatever the worktree's `.git` file and
 * `commondir` say. It holds for this process.
 */
export function useDirectories(path: string, directories: GitDirectories): void {
  known.set(path, directories);
}

/** The environment and the program for a git command. */
export interface GitRun {
  readonly env: Readonly<Record<string, string>>;
  /** The script that runs git in a sandbox; undefined when git runs without one. */
  readonly sandbox: string | undefined;
}

/** How git runs in a directory. The directory need not be a session's worktree. */
export function gitRunIn(path: string): GitRun {
  const found = current(known.get(path)) ?? directoriesFromGitFile(path);
  if (!found || gitFileOf(found.own) !== join(found.worktree, '.git'))
    return { env: {}, sandbox: undefined };
  return { ...gitRunFor(found), env: environmentOf(found) };
}

/** The directories as they are now: another process may have made a private git directory since. */
const current = (found: GitDirectories | undefined): GitDirectories | undefined =>
  found === undefined || hasPrivateGit(found) || !recordHasPrivateGit(found.record)
    ? found
    : { ...found, common: privateDirectory(found.record), own: privateDirectory(found.record) };

/** How git runs in a git directory, without its worktree, which may not exist. */
export function gitRunFor({ own, common, record }: GitDirectories): GitRun {
  const script = sandboxScriptOf(record);
  return {
    env: { GIT_DIR: own, GIT_COMMON_DIR: common },
    sandbox: own !== record && existsSync(script) ? script : undefined,
  };
}

/** The directory in which git in a sandbox writes temporary files. The agent can't write there. */
export const sandboxTemporary = (record: string): string => join(sessionDirectory(record), 'tmp');

/**
 * Makes a new directory for the temporary files of a git command in this worktree. git can write there in the
 * sandbox too.
 */
export function makeGitTemporary(worktree: string): string {
  const found = current(known.get(worktree)) ?? directoriesFromGitFile(worktree);
  if (!found || !hasPrivateGit(found)) return makeTemporary('git');
  mkdirSync(sandboxTemporary(found.record), { recursive: true, mode: 0o700 });
  return mkdtempSync(join(sandboxTemporary(found.record), 'git-'));
}

const environmentOf = ({ worktree, common, own }: GitDirectories) => ({
  ...{ GIT_DIR: own, GIT_COMMON_DIR: common, GIT_WORK_TREE: worktree },
});

const PRIVATE = /^gitdir: (\/.*)\/coppice\/([^/]+)\/git\n?$/;

/**
 * Finds the directories from the worktree's `.git` file, for a worktree for which `useDirectories` was not
 * called. Undefined when the file does not name a private git directory.
 */
function directoriesFromGitFile(path: string): GitDirectories | undefined {
  const file = join(path, '.git');
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const [, checkout = '', name = ''] = PRIVATE.exec(textOf(file) ?? '') ?? [];
  if (checkout === '') return undefined;
  const record = join(checkout, 'worktrees', name);
  const own = privateDirectory(record);
  return { worktree: realpathSync(path), common: own, own, record };
}

/** The git directory of the checkout that a session's worktree belongs to; undefined for any other directory. */
export function gitDirectoryOfCheckout(worktree: string): string | undefined {
  const found = directoriesFromGitFile(worktree);
  return found && dirname(dirname(found.record));
}

/**
 * Absolute path of the `.git` file that a worktree's git directory names in its `gitdir` file, where the path
 * may be relative. Undefined when there is no such file.
 */
export function gitFileOf(own: string): string | undefined {
  const text = textOf(join(own, 'gitdir'));
  return text === undefined ? undefined : resolve(own, text.trim());
}

/** The text of a file; undefined when there is no such file. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code)))
      return undefined;
    throw error;
  }
}
