import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { makeTemporary } from '../../process/temporary.ts';

/** Where a worktree's git data is; absolute paths without symbolic links. */
export interface GitDirectories {
  readonly worktree: string;
  /** Holds refs and objects: the session's own private directory, or, in a former layout, the checkout's, which all share. */
  readonly common: string;
  /** Holds HEAD and index: the same private directory, or the worktree's own in the checkout's. */
  readonly own: string;
  /** What the checkout itself records of the worktree, in its own git directory. */
  readonly record: string;
}

/** Whether the session has a git directory of its own, so that nothing of the checkout's is written in its worktree. */
export const isPrivate = ({ own, record }: GitDirectories): boolean => own !== record;

/** In the checkout's git directory: what belongs to one session's private git, for Coppice to write. */
export const sessionDirectory = (record: string): string =>
  join(dirname(dirname(record)), 'coppice', basename(record));

/** The private git directory itself, in which the session's agent writes. */
export const privateDirectory = (record: string): string => join(sessionDirectory(record), 'git');

/** In it, once it is whole: what the record's HEAD says, which tells it from one of a former worktree of the same name. */
const headOf = (record: string): string => join(sessionDirectory(record), 'head');

/** Whether the worktree of this record has a private git directory. */
export function isPrivateOf(record: string): boolean {
  const head = textOf(headOf(record));
  return head !== undefined && head === textOf(join(record, 'HEAD'));
}

/** The program that runs git in a sandbox over what an agent in a sandbox may have written. */
export const cellOf = (record: string): string => join(sessionDirectory(record), 'run');

const known = new Map<string, GitDirectories>();

/** From now on git gets the paths of a worktree’s data explicitly, whatever its `.git` file and `commondir` say. */
export function makeExplicit(path: string, directories: GitDirectories): void {
  known.set(path, directories);
}

/** Where git finds a worktree's data and how it runs over them. */
export interface Run {
  readonly env: Readonly<Record<string, string>>;
  /** The program that keeps git in a sandbox; undefined where it runs as any other. */
  readonly cell: string | undefined;
}

/** How git runs in a directory, about which nothing need be known. */
export function runIn(path: string): Run {
  const found = current(known.get(path)) ?? privateOf(path);
  if (!found || pointsAt(found.own) !== join(found.worktree, '.git'))
    return { env: {}, cell: undefined };
  return { ...runOver(found), env: environmentOf(found) };
}

/** Another process may have given the session a git directory of its own since. */
const current = (found: GitDirectories | undefined): GitDirectories | undefined =>
  found === undefined || isPrivate(found) || !isPrivateOf(found.record)
    ? found
    : { ...found, common: privateDirectory(found.record), own: privateDirectory(found.record) };

/** The same for the git directory alone, when its worktree may be gone. */
export function runOver({ own, common, record }: GitDirectories): Run {
  const cell = cellOf(record);
  return {
    env: { GIT_DIR: own, GIT_COMMON_DIR: common },
    cell: own !== record && existsSync(cell) ? cell : undefined,
  };
}

/** In a session's directory: where git in a sandbox writes what is of this moment only, and no agent. */
export const temporaryOf = (record: string): string => join(sessionDirectory(record), 'tmp');

/** A new directory for a git command's temporary files, which git over this worktree may write, in a sandbox too. */
export function temporaryFor(worktree: string): string {
  const found = current(known.get(worktree)) ?? privateOf(worktree);
  if (!found || !isPrivate(found)) return makeTemporary('git');
  mkdirSync(temporaryOf(found.record), { recursive: true, mode: 0o700 });
  return mkdtempSync(join(temporaryOf(found.record), 'git-'));
}

const environmentOf = ({ worktree, common, own }: GitDirectories) => ({
  ...{ GIT_DIR: own, GIT_COMMON_DIR: common, GIT_WORK_TREE: worktree },
});

const PRIVATE = /^gitdir: (\/.*)\/coppice\/([^/]+)\/git\n?$/;

/** A worktree of which this process has not heard yet. */
function privateOf(path: string): GitDirectories | undefined {
  const file = join(path, '.git');
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const [, checkout = '', name = ''] = PRIVATE.exec(textOf(file) ?? '') ?? [];
  if (checkout === '') return undefined;
  const record = join(checkout, 'worktrees', name);
  const own = privateDirectory(record);
  return { worktree: realpathSync(path), common: own, own, record };
}

/** The git directory of the checkout that a session's worktree belongs to; undefined for any other directory. */
export function checkoutGitOf(worktree: string): string | undefined {
  const found = privateOf(worktree);
  return found && dirname(dirname(found.record));
}

/** The `.git` file that a worktree's own git directory belongs to; git may write it relative. */
export function pointsAt(own: string): string | undefined {
  const text = textOf(join(own, 'gitdir'));
  return text === undefined ? undefined : resolve(own, text.trim());
}

/** Undefined when there is no such file. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code)))
      return undefined;
    throw error;
  }
}
