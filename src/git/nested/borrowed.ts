import { lstatSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTemporary } from '../../process/temporary.ts';
import { type GitOptions, git } from '../command/client.ts';

/** Runs git in a repository of Coppice's own that borrows the objects of another one. */
export interface Borrowed {
  readonly directory: string;
  git(args: readonly string[], options?: GitOptions): Promise<string>;
}

export interface Lender {
  /** Its directory of objects; undefined for a repository that borrows nothing. */
  readonly objects?: string;
  /** The format of its ids is told by one of them. */
  readonly head?: string | undefined;
  /** Commits whose parents it does not have. */
  readonly shallow?: string;
  /** Commits that it has with all that they need: it has refs for them. */
  readonly known?: readonly string[];
}

/**
 * Uses another repository’s objects, and nothing else of it: not its configuration, hooks, filters, remotes or
 * attributes, which an agent may have written.
 */
export async function borrowing<T>(
  { objects, head, shallow, known = [] }: Lender,
  work: (borrowed: Borrowed) => Promise<T>,
): Promise<T> {
  const directory = makeTemporary('borrowed');
  try {
    for (const name of ['refs/heads', 'objects/info', 'info'])
      await mkdir(join(directory, name), { recursive: true });
    const format = head?.length === 64 ? '[extensions]\n\tobjectFormat = sha256\n' : '';
    const version = format === '' ? 0 : 1;
    await writeFile(join(directory, 'HEAD'), `${head ?? 'ref: refs/heads/none'}\n`);
    await writeFile(
      join(directory, 'config'),
      `[core]\n\trepositoryFormatVersion = ${version}\n\tbare = false\n${format}`,
    );
    if (objects !== undefined)
      await writeFile(join(directory, 'objects', 'info', 'alternates'), `${quoted(objects)}\n`);
    const refs = known.map((id, at) => `${id} refs/known/${at}\n`);
    if (refs.length > 0) await writeFile(join(directory, 'packed-refs'), refs.join(''));
    if (shallow !== undefined && lstatSync(shallow, { throwIfNoEntry: false })?.isFile())
      await copyFile(shallow, join(directory, 'shallow'));
    return await work({
      directory,
      git: (args, options = {}) =>
        git(directory, args, { ...options, env: { GIT_DIR: directory, ...options.env } }),
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** A path as git reads it in a list of alternates. */
const quoted = (path: string): string =>
  /["\\\n]/.test(path)
    ? `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
    : path;
