import { constants, existsSync, lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { copyFile, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import type { WorktreeFiles } from '../../domain/settings/worktree-files.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { git } from '../command/client.ts';
import { type BytePath, fromText, parsePaths, QUOTED, toBytes, toText } from './byte-paths.ts';
import { copyTree } from './copy-tree.ts';
import { exclude } from './exclude.ts';

/**
 * Gives a worktree the checkout's untracked files that are named, out of git's sight. What is there already stays, and
 * nothing is put through a link that the repository has for a directory.
 * @throws InvalidConfig naming what can't be brought
 */
export async function bringFiles(
  { checkout, worktree }: Pick<SessionLocation, 'checkout' | 'worktree'>,
  { copy, link }: WorktreeFiles,
): Promise<void> {
  const copied = await untracked(checkout, copy, []);
  const linked = await untracked(checkout, link, ['--directory']);
  await exclude(checkout, [...copied, ...linked]);
  for (const [setting, paths, bring] of [
    ['copy', copied, bringCopy],
    ['link', linked, bringLink],
  ] as const)
    for (const path of paths) {
      const target = join(fromText(worktree), path);
      if (isThere(target) || !leadsInside(fromText(worktree), path)) continue;
      try {
        await mkdir(toBytes(dirname(target)), { recursive: true });
        await bring(join(fromText(checkout), path), target);
      } catch (error) {
        throw refused(error, setting, path);
      }
    }
}

/** Where the links lead to that a worktree has from `bringFiles`, without links on the way: absolute paths that are there. */
export async function linkedFiles(
  checkout: string,
  { copy, link }: WorktreeFiles,
): Promise<string[]> {
  const copied = (await untracked(checkout, copy, [])).map((path) =>
    join(fromText(checkout), path),
  );
  const linked = (await untracked(checkout, link, ['--directory'])).map((path) =>
    join(fromText(checkout), path),
  );
  const stayLinks = copied.filter(
    (path) => lstatSync(toBytes(path)).isSymbolicLink() && targetOf(path)?.isDirectory(),
  );
  return [...linked, ...stayLinks]
    .filter((path) => existsSync(toBytes(path)))
    .map((path) => realpathSync(toBytes(path), 'utf8'));
}

/**
 * A link is copied as what it leads to, so that nobody works in the person's own files: but one to a directory, which may
 * hold anything, and one to nothing stay links.
 */
async function bringCopy(from: BytePath, to: BytePath): Promise<void> {
  const isLink = lstatSync(toBytes(from)).isSymbolicLink();
  const found = targetOf(from);
  if (found?.isFile())
    await copyFile(
      toBytes(from),
      toBytes(to),
      constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE,
    );
  else if (!isLink) await copyTree(from, to);
  else if (found) await symlink(realpathSync(toBytes(from), 'buffer'), toBytes(to));
  else await symlink(await readlink(toBytes(from), 'buffer'), toBytes(to));
}

/** Undefined for a link that leads nowhere, to itself, or where nobody may look. */
function targetOf(path: BytePath): Stats | undefined {
  try {
    return statSync(toBytes(path));
  } catch {
    return undefined;
  }
}

const bringLink = (from: BytePath, to: BytePath): Promise<void> =>
  symlink(toBytes(from), toBytes(to));

/** The person may mend it; a full disk is told of as such. */
function refused(error: unknown, setting: 'copy' | 'link', path: BytePath): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || code === 'ENOSPC' || code === 'EDQUOT') return error;
  return new CoppiceError(
    'InvalidConfig',
    `${toText(path)}, which \`files.${setting}\` of coppice.yaml names, can’t be brought into the worktree (${message}): mend it, or take it out there`,
    '',
    true,
  );
}

/** Paths from the top of the checkout, without a `/` at a directory's end. */
async function untracked(
  checkout: string,
  patterns: readonly string[],
  options: readonly string[],
): Promise<BytePath[]> {
  if (patterns.length === 0) return [];
  const specs = patterns.map((pattern) => `:(top,glob)${pattern}`);
  const args = ['ls-files', '--others', ...options, '--', ...specs];
  const paths = parsePaths(await git(checkout, args, { config: [QUOTED] }));
  return paths.map((path) => path.replace(/\/$/, ''));
}

const isThere = (path: BytePath): boolean =>
  lstatSync(toBytes(path), { throwIfNoEntry: false }) !== undefined;

/** Whether the nearest directory that exists is in the worktree in truth. */
function leadsInside(worktree: BytePath, path: BytePath): boolean {
  let directory = dirname(join(worktree, path));
  while (!existsSync(toBytes(directory))) directory = dirname(directory);
  const [inside, real] = [realPath(worktree), realPath(directory)];
  return real === inside || real.startsWith(`${inside}/`);
}

const realPath = (path: BytePath): BytePath => realpathSync(toBytes(path), 'latin1');
