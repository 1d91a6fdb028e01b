import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { commonDirectory } from '../command/directories.ts';
import {
  type GitDirectories,
  isPrivate,
  isPrivateOf,
  makeExplicit,
  pointsAt,
  privateDirectory,
  sessionDirectory,
  textOf,
} from '../command/explicit.ts';

type Where = Pick<SessionLocation, 'checkout' | 'worktree'>;

/**
 * Where a worktree's git data is, found from the checkout's side: the worktree's `.git` file may say something else by
 * now. From then on our git goes by it.
 * @throws WorktreeLost when the checkout knows no such worktree
 */
export async function gitDirectories({ checkout, worktree }: Where): Promise<GitDirectories> {
  const common = realpathSync(await commonDirectory(checkout));
  const real = existsSync(worktree) ? realpathSync(worktree) : undefined;
  const all = join(common, 'worktrees');
  const record = (existsSync(all) ? readdirSync(all) : [])
    .map((name) => join(all, name))
    .find((directory) => real !== undefined && pointsAt(directory) === join(real, '.git'));
  if (real === undefined || record === undefined)
    throw lost({ checkout, worktree }, 'is not a worktree of it any more');
  const own = privateDirectory(record);
  const found = isPrivateOf(record)
    ? { worktree: real, common: own, own, record }
    : { worktree: real, common, own: record, record };
  makeExplicit(worktree, found);
  return found;
}

/** Has the worktree's `.git` file lead to its private git directory, as `git worktree repair` and a move do not. */
export async function leadTo(found: GitDirectories): Promise<void> {
  if (!isPrivate(found)) return;
  const { worktree, own, record } = found;
  const file = join(worktree, '.git');
  await restore(found, 'commondir', '.\n');
  await restore(found, 'gitdir', `${file}\n`);
  const text = lstatSync(file, { throwIfNoEntry: false })?.isFile() ? textOf(file) : undefined;
  if (text === undefined || text === `gitdir: ${own}\n` || !leadsTo(text, record)) return;
  // In one step: without the file, `git worktree prune` would take the worktree for gone.
  const draft = join(worktree, `.git.${randomUUID()}`);
  await writeFile(draft, `gitdir: ${own}\n`, { flag: 'wx' });
  await rename(draft, file);
}

/** Git goes by these files whatever its environment says, and an agent without a sandbox can write them. */
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

/** Whether a `.git` file leads to this record, or to one of the same name where the repository was before it was moved. */
const leadsTo = (text: string, record: string): boolean =>
  /\/(worktrees|coppice)\/([^/]+)(\/git)?$/.exec(text.trim())?.[2] === basename(record);

/** As `gitDirectories`, and that what lies in the worktree leads there too. @throws WorktreeLost */
export async function checkPointers(where: Where): Promise<GitDirectories> {
  const found = await gitDirectories(where);
  await leadTo(found);
  const { worktree, common, own } = found;
  const file = /^gitdir: (.*)$/.exec(textOf(join(worktree, '.git'))?.trim() ?? '')?.[1];
  if (file === undefined || resolve(worktree, file) !== own)
    throw lost(where, 'has a .git file that leads elsewhere');
  if (resolve(own, textOf(join(own, 'commondir'))?.trim() ?? '') !== common)
    throw lost(
      where,
      'has git data that lead elsewhere',
      `echo ${isPrivate(found) ? '.' : '../..'} >${join(own, 'commondir')}`,
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
