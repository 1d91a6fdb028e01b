import { join } from 'node:path';
import { RepositoryName } from '../domain/shared/repository.ts';
import type { Home } from './home.ts';
import { DamagedFile } from './json-file.ts';
import { namesIn } from './names-in.ts';
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
export async function knownRepositories(home: Home): Promise<RepositoryName[]> {
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
