import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isTooLong } from '../../process/too-long.ts';
import { OWN_DIRECTORY } from '../worktree/exclude.ts';

/** A repository inside a worktree that is not the worktree's own: a submodule, a clone, a worktree of something else. */
export interface Nested {
  /** Where its files are, relative to the top of the worktree. For a submodule without files, its name. */
  readonly path: string;
  /** Absolute path of its files; undefined when there are none. */
  readonly files: string | undefined;
  /** Absolute path of its git directory; undefined when it is not inside the worktree or can't be found. */
  readonly git: string | undefined;
}

interface Where {
  readonly worktree: string;
  /** The worktree's own git directory. It contains the git directories of the worktree's submodules. */
  readonly own: string;
}

/** The largest `.git` file or ref that is read, in bytes. */
const SMALL = 4_096;

/**
 * Finds all repositories inside a worktree, at any depth, including those that git ignores and submodules
 * whose files are not checked out. Symbolic links are not followed.
 */
export async function nestedRepositories(where: Where): Promise<Nested[]> {
  const found = await inFiles(where);
  const seen = new Set(found.map(({ git }) => git));
  const add = (top: string, name: string): void => {
    for (const git of gitDirectoriesBelow(top)) {
      if (seen.has(git)) continue;
      seen.add(git);
      found.push({ path: join(name, relative(top, git)), files: undefined, git });
    }
  };
  add(join(where.own, 'modules'), '');
  for (const { git, path } of [...found]) if (git) add(join(git, 'modules'), path);
  return found;
}

/** The repositories that have files in the worktree. */
async function inFiles({ worktree, own }: Where): Promise<Nested[]> {
  const found: Nested[] = [];
  const top = Buffer.from(worktree);
  const left = [top];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    for (const entry of await entriesOf(at)) {
      const name = entry.name.toString();
      if (name === '.git') {
        if (at !== top) found.push(nestedAt({ worktree, own }, at));
      } else if (entry.isDirectory() && !(at === top && name === OWN_DIRECTORY))
        left.push(Buffer.concat([at, Buffer.from(sep), entry.name]));
    }
  }
  return found;
}

/**
 * The entries of a directory. If its permissions forbid reading, they are changed. A directory of another
 * user, such as a container's data, is not read: it could not be removed either. Nor is one whose path is too
 * long.
 */
async function entriesOf(directory: Buffer) {
  const look = () => readdir(directory, { withFileTypes: true, encoding: 'buffer' });
  try {
    return await look();
  } catch (error) {
    if (isTooLong(error)) return [];
    if (!isRefused(error)) throw error;
  }
  try {
    await chmod(directory, lstatSync(directory).mode | 0o700);
    return await look();
  } catch (error) {
    if (isRefused(error)) return [];
    throw error;
  }
}

const isRefused = (error: unknown): boolean =>
  ['EACCES', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code));

/**
 * The repository whose files are in this directory. If its path is not UTF-8, git can't be run there, so it
 * has no `files` and no `git`.
 */
function nestedAt(where: Where, directory: Buffer): Nested {
  const files = directory.toString();
  const path = relative(where.worktree, files);
  if (!Buffer.from(files).equals(directory)) return { path, files: undefined, git: undefined };
  return nestedIn(where, path) ?? { path, files, git: undefined };
}

/** The repository whose files are at this path of the worktree, if there is one. */
export function nestedIn({ worktree, own }: Where, path: string): Nested | undefined {
  const files = join(worktree, path);
  const entry = join(files, '.git');
  const found = lstatSync(entry, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (found.isDirectory()) return { path, files, git: entry };
  if (!found.isFile() || found.size > SMALL) return { path, files, git: undefined };
  const target = /^gitdir: (.*)$/m.exec(readFileSync(entry, 'utf8'))?.[1]?.trim();
  const git = target === undefined ? undefined : existing(resolve(files, target));
  // A git directory elsewhere does not belong to this worktree, and is not removed with it.
  const isInside = git !== undefined && [worktree, own].some((top) => git.startsWith(top + sep));
  return { path, files, git: isInside ? git : undefined };
}

function existing(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined; // the caller reports that it can't be read
  }
}

/** Git directories of submodules below a `modules` directory. */
function gitDirectoriesBelow(top: string): string[] {
  const entries = lstatSync(top, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(top, { withFileTypes: true })
    : [];
  const is = (name: string) => entries.some((entry) => entry.name === name);
  if (is('HEAD') && is('objects') && is('refs'))
    return [top, ...gitDirectoriesBelow(join(top, 'modules'))];
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => gitDirectoriesBelow(join(top, name)));
}
