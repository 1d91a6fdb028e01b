import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RepositoryName } from '../domain/shared/repository.ts';
import { DamagedFile } from './files/json-file.ts';
import { namesIn } from './files/names-in.ts';
import type { Home } from './home.ts';
import { findCheckout } from './repositories.ts';

/** A damaged record counts as missing here; commands for that one repository report it. */
async function hasCheckout(home: Home, repository: RepositoryName): Promise<boolean> {
  try {
    return (await findCheckout(home, repository)) !== undefined;
  } catch (error) {
    if (error instanceof DamagedFile) return false;
    throw error;
  }
}

/** The repositories that have a checkout on this host at this moment. */
async function knownRepositories(home: Home): Promise<RepositoryName[]> {
  const owners = await namesIn(home.repositories);
  const named = await Promise.all(
    owners.map(async (owner) =>
      (await namesIn(join(home.repositories, owner))).flatMap((file) => {
        const name = RepositoryName.safeParse(`${owner}/${file.replace(/\.json$/, '')}`);
        return file.endsWith('.json') && name.success ? [name.data] : [];
      }),
    ),
  );
  const checked = await Promise.all(
    named.flat().map(async (repository) => {
      return (await hasCheckout(home, repository)) ? [repository] : [];
    }),
  );
  return checked.flat();
}

/** How long the answer holds while no record has changed, in milliseconds. A checkout may have been moved away meanwhile. */
const HOLDS = 30_000;

/**
 * Returns what answers the same to somebody who asks every second. It reads again when a record of a repository has
 * changed, since to know a checkout the records of all sessions are read.
 */
export function knownRepositoriesAtEachLook(home: Home): () => Promise<readonly RepositoryName[]> {
  let known = { state: '', until: 0, repositories: [] as readonly RepositoryName[] };
  return async () => {
    const state = await stateOfRecords(home);
    if (state !== known.state || Date.now() >= known.until) {
      const repositories = await knownRepositories(home);
      known = { state, until: Date.now() + HOLDS, repositories };
    }
    return known.repositories;
  };
}

/** Another text whenever a record was written or removed. */
async function stateOfRecords({ repositories }: Home): Promise<string> {
  const states: string[] = [];
  for (const owner of await namesIn(repositories))
    for (const name of await namesIn(join(repositories, owner))) {
      const found = await stat(join(repositories, owner, name)).catch(() => undefined);
      states.push(`${owner}/${name} ${found?.ino} ${found?.mtimeMs}`);
    }
  return states.join('\n');
}
