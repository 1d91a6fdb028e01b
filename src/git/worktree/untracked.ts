import { constants, existsSync, lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { copyFile, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import type { WorktreeFiles } from '../../domain/settings/worktree-files.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { git } from '../command/client.ts';
import { type BytePath, fromText, parsePaths, QUOTED, toBytes, toText } from './byte-paths.ts';
import { copyTree } from './copy-tree.ts';
import { excludePaths } from './exclude.ts';

/**
 * Copies or links untracked files of the checkout into a worktree, and makes git ignore them. A file that
 * exists already stays. Nothing is written through a link that the repository has in place of a directory.
 * @throws InvalidConfig naming the file that can't be copied or linked
 */
export async function copyUntracked(
  { checkout, worktree }: Pick<SessionLocation, 'checkout' | 'worktree'>,
  { copy, link }: WorktreeFiles,
): Promise<void> {
  const copied = await untracked(checkout, copy, []);
  const linked = await untracked(checkout, link, ['--directory']);
  await excludePaths(checkout, [...copied, ...linked]);
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

/**
 * The targets of the links that `copyUntracked` makes in a worktree: absolute paths that exist, without symbolic
 * links.
 */
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
 * Copies a file or directory. For a link to a file, the file itself is copied, so that nobody changes the
 * person's own file. A link to a directory, which may hold anything, and a link to nothing stay links.
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

/**
 * The metadata of the file to which a path leads; undefined when it leads nowhere, to itself, or to a place
 * that can't be read.
 */
function targetOf(path: BytePath): Stats | undefined {
  try {
    return statSync(toBytes(path));
  } catch {
    return undefined;
  }
}

const bringLink = (from: BytePath, to: BytePath): Promise<void> =>
  symlink(toBytes(from), toBytes(to));

/** The error to report. The person may solve it, so it may be retried. A full disk is reported as such. */
function refused(error: unknown, setting: 'copy' | 'link', path: BytePath): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || code === 'ENOSPC' || code === 'EDQUOT') return error;
  return new CoppiceError(
    'InvalidConfig',
    `${toText(path)}, which \`files.${setting}\` of coppice.yaml names, can’t be put into the worktree (${message}): repair that, or remove it from coppice.yaml`,
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

/** Whether the nearest existing parent directory is inside the worktree after symbolic links are resolved. */
function leadsInside(worktree: BytePath, path: BytePath): boolean {
  let directory = dirname(join(worktree, path));
  while (!existsSync(toBytes(directory))) directory = dirname(directory);
  const [inside, real] = [realPath(worktree), realPath(directory)];
  return real === inside || real.startsWith(`${inside}/`);
}

const realPath = (path: BytePath): BytePath => realpathSync(toBytes(path), 'latin1');
