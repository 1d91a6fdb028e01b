import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { hasPrivateGit } from '../command/git-directories.ts';
import { copyPlain } from '../worktree/copy-plain.ts';
import { gitDirectories } from '../worktree/git-file.ts';

/** The path at which Git LFS stores an object in a git directory. */
export const lfsObject = (directory: string, oid: string): string =>
  join(directory, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);

/**
 * Copies Git LFS objects that a session's agent added from its private git directory to the checkout's. An
 * object whose content does not match its name (a SHA-256) is not copied.
 * @param common the checkout's git directory
 * @param oids names of objects
 */
export async function copyLfsObjects(
  location: SessionLocation,
  common: string,
  oids: readonly string[],
): Promise<void> {
  const own = await ownDirectory(location);
  if (own === undefined) return;
  for (const oid of oids) {
    const [from, to] = [lfsObject(own, oid), lfsObject(common, oid)];
    if (!existsSync(from)) continue;
    await mkdir(dirname(to), { recursive: true });
    const draft = `${to}.coppice`;
    await copyPlain(from, draft);
    if ((await digest(draft)) === oid) await rename(draft, to);
    else await rm(draft);
  }
}

async function ownDirectory(location: SessionLocation): Promise<string | undefined> {
  try {
    const found = await gitDirectories(location);
    return hasPrivateGit(found) ? found.own : undefined;
  } catch (error) {
    if (error instanceof CoppiceError) return undefined;
    throw error;
  }
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
