import { lstatSync } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTemporary } from '../../process/temporary.ts';
import { type GitOptions, git } from '../command/client.ts';

/** A temporary repository of Coppice that borrows the objects of another repository. */
export interface QuarantineRepository {
  readonly directory: string;
  /** Runs git in the temporary repository. */
  git(args: readonly string[], options?: GitOptions): Promise<string>;
}

/** What Coppice takes over from the repository whose objects are borrowed. */
export interface ObjectSource {
  /** Its objects directory; undefined when nothing is borrowed. */
  readonly objects?: string;
  /** One of its commit ids. Its length says whether ids are SHA-1 or SHA-256. */
  readonly head?: string | undefined;
  /** Path of the file that lists commits without parents, as in a shallow clone. */
  readonly shallow?: string;
  /**
   * Commits that it has completely. The temporary repository gets refs for them, so that a fetch need not
   * bring them.
   */
  readonly known?: readonly string[];
}

/**
 * Runs `work` with a temporary repository that borrows another one's objects, and removes it afterwards.
 * Nothing else of the other repository is used: an agent may have written its configuration, hooks, filters,
 * remotes or attributes.
 */
export async function withQuarantine<T>(
  { objects, head, shallow, known = [] }: ObjectSource,
  work: (borrowed: QuarantineRepository) => Promise<T>,
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

/** A path in the syntax of git's `objects/info/alternates` file. */
const quoted = (path: string): string =>
  /["\\\n]/.test(path)
    ? `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
    : path;
