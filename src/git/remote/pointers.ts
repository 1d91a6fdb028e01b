import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { commonDirectory } from '../command/directories.ts';
import { type GitDirectories, makeExplicit, pointsAt, textOf } from '../command/explicit.ts';

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
  const own = (existsSync(all) ? readdirSync(all) : [])
    .map((name) => join(all, name))
    .find((directory) => real !== undefined && pointsAt(directory) === join(real, '.git'));
  if (real === undefined || own === undefined)
    throw lost({ checkout, worktree }, 'is not a worktree of it any more');
  const found = { worktree: real, common, own };
  makeExplicit(worktree, found);
  return found;
}

/** Has our git go by the checkout's word about a worktree, if there still is one. */
export async function goByCheckout(where: Where): Promise<void> {
  try {
    await gitDirectories(where);
  } catch (error) {
    if (!(error instanceof CoppiceError)) throw error;
  }
}

/** As `gitDirectories`, and that what lies in the worktree leads there too. @throws WorktreeLost */
export async function checkPointers(where: Where): Promise<GitDirectories> {
  const found = await gitDirectories(where);
  const { worktree, common, own } = found;
  const file = /^gitdir: (.*)$/.exec(textOf(join(worktree, '.git'))?.trim() ?? '')?.[1];
  if (file === undefined || resolve(worktree, file) !== own)
    throw lost(where, 'has a .git file that leads elsewhere');
  if (resolve(own, textOf(join(own, 'commondir'))?.trim() ?? '') !== common)
    throw lost(where, 'has git data that lead elsewhere', `echo ../.. >${join(own, 'commondir')}`);
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
