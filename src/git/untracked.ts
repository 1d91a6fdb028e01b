import { constants, existsSync, lstatSync, realpathSync } from 'node:fs';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Place } from '../domain/session.ts';
import type { WorktreeFiles } from '../domain/worktree-files.ts';
import { git } from './client.ts';
import { exclude } from './exclude.ts';

/**
 * Gives a worktree the checkout's untracked files that are named, out of git's sight. What is there already stays, and
 * nothing is put through a link that the repository has for a directory.
 */
export async function bringFiles(
  { checkout, worktree }: Pick<Place, 'checkout' | 'worktree'>,
  { copy, link }: WorktreeFiles,
): Promise<void> {
  const copied = await untracked(checkout, copy, []);
  const linked = await untracked(checkout, link, ['--directory']);
  await exclude(checkout, [...copied, ...linked]);
  for (const [paths, bring] of [
    [copied, (from: string, to: string) => copyFile(from, to, constants.COPYFILE_EXCL)],
    [linked, (from: string, to: string) => symlink(from, to)],
  ] as const)
    for (const path of paths) {
      const target = join(worktree, path);
      if (lstatSync(target, { throwIfNoEntry: false }) || !leadsInside(worktree, path)) continue;
      await mkdir(dirname(target), { recursive: true });
      await bring(join(checkout, path), target);
    }
}

/** Paths from the top of the checkout, without a `/` at a directory's end. */
async function untracked(
  checkout: string,
  patterns: readonly string[],
  options: readonly string[],
): Promise<string[]> {
  if (patterns.length === 0) return [];
  const specs = patterns.map((pattern) => `:(top,glob)${pattern}`);
  const output = await git(checkout, ['ls-files', '--others', '-z', ...options, '--', ...specs]);
  return output.split('\0').flatMap((path) => (path === '' ? [] : [path.replace(/\/$/, '')]));
}

/** Whether the nearest directory that exists is in the worktree in truth. */
function leadsInside(worktree: string, path: string): boolean {
  let directory = dirname(join(worktree, path));
  while (!existsSync(directory)) directory = dirname(directory);
  const [inside, real] = [realpathSync(worktree), realpathSync(directory)];
  return real === inside || real.startsWith(`${inside}/`);
}
