import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { commonDirectory } from '../command/directories.ts';
import {
  type GitDirectories,
  gitFileOf,
  hasPrivateGit,
  privateDirectory,
  recordHasPrivateGit,
  sessionDirectory,
  textOf,
  useDirectories,
} from '../command/git-directories.ts';

type Where = Pick<SessionLocation, 'checkout' | 'worktree'>;

/**
 * Finds where a worktree's git data is from the checkout's records, because the worktree's `.git` file may
 * have been changed. Later git commands in the worktree use these directories.
 * @throws WorktreeLost when the checkout has no record of the worktree
 */
export async function gitDirectories({ checkout, worktree }: Where): Promise<GitDirectories> {
  const common = realpathSync(await commonDirectory(checkout));
  const real = existsSync(worktree) ? realpathSync(worktree) : undefined;
  const all = join(common, 'worktrees');
  const record = (existsSync(all) ? readdirSync(all) : [])
    .map((name) => join(all, name))
    .find((directory) => real !== undefined && gitFileOf(directory) === join(real, '.git'));
  if (real === undefined || record === undefined)
    throw lost({ checkout, worktree }, 'is not recorded there as a worktree any more');
  const own = privateDirectory(record);
  const found = recordHasPrivateGit(record)
    ? { worktree: real, common: own, own, record }
    : { worktree: real, common, own: record, record };
  useDirectories(worktree, found);
  return found;
}

/**
 * Makes the worktree's `.git` file name its private git directory. `git worktree repair` and a move of the
 * repository make it name another one.
 */
export async function repairGitFile(found: GitDirectories): Promise<void> {
  if (!hasPrivateGit(found)) return;
  const { worktree, own, record } = found;
  const file = join(worktree, '.git');
  await restore(found, 'commondir', '.\n');
  await restore(found, 'gitdir', `${file}\n`);
  const text = lstatSync(file, { throwIfNoEntry: false })?.isFile() ? textOf(file) : undefined;
  if (text === undefined || text === `gitdir: ${own}\n` || !namesRecord(text, record)) return;
  // The file is replaced in one step. While it is missing, `git worktree prune` would remove the record of
  // the worktree.
  const draft = join(worktree, `.git.${randomUUID()}`);
  await writeFile(draft, `gitdir: ${own}\n`, { flag: 'wx' });
  await rename(draft, file);
}

/**
 * Restores a file of the private git directory. git uses these files even if its environment names other
 * directories, and an agent without a sandbox can write them.
 */
async function restore(
  { own, record }: GitDirectories,
  name: 'commondir' | 'gitdir',
  text: string,
): Promise<void> {
  const path = join(own, name);
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() && textOf(path) === text) return;
  const draft = join(sessionDirectory(record), `${name}.new`);
  await writeFile(draft, text);
  await rename(draft, path);
}

/**
 * Whether a `.git` file names this record, or one of the same name in the place from which the repository was
 * moved.
 */
const namesRecord = (text: string, record: string): boolean =>
  /\/(worktrees|coppice)\/([^/]+)(\/git)?$/.exec(text.trim())?.[2] === basename(record);

/**
 * Does what `gitDirectories` does, and checks that the worktree's own files name the same directories.
 * @throws WorktreeLost
 */
export async function checkGitFile(where: Where): Promise<GitDirectories> {
  const found = await gitDirectories(where);
  await repairGitFile(found);
  const { worktree, common, own } = found;
  const file = /^gitdir: (.*)$/.exec(textOf(join(worktree, '.git'))?.trim() ?? '')?.[1];
  if (file === undefined || resolve(worktree, file) !== own)
    throw lost(where, 'has a .git file that names another git directory');
  if (resolve(own, textOf(join(own, 'commondir'))?.trim() ?? '') !== common)
    throw lost(
      where,
      'has a commondir file that names another git directory',
      `echo ${hasPrivateGit(found) ? '.' : '../..'} >${join(own, 'commondir')}`,
    );
  return found;
}

const lost = (
  { checkout, worktree }: Where,
  what: string,
  mend = 'git worktree repair',
): CoppiceError =>
  new CoppiceError(
    'WorktreeLost',
    `${worktree} ${what}: run \`${mend}\` in ${checkout} and guide the session, or cancel it; what was committed is on its branch`,
  );
