import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RepositoryName } from '../domain/repository.ts';
import type { Home } from './home.ts';
import { readJson, writeJson } from './json-file.ts';
import { namesIn } from './names-in.ts';
import { sessionAround } from './session-worktrees.ts';

const Known = z.object({ checkout: z.string() });

/** GitHub's names are the same in capitals and small letters. */
const file = (home: Home, repository: RepositoryName): string =>
  join(home.repositories, `${repository.toLowerCase()}.json`);

/** Notes where a repository is checked out on this host; a later note replaces an earlier one. */
export const rememberRepository = (
  home: Home,
  repository: RepositoryName,
  checkout: string,
): Promise<void> => writeJson(file(home, repository), { checkout });

/**
 * Absolute path of the repository's checkout; undefined when none is known, or it was moved away. Where the note names a
 * session's worktree, in which an agent writes, it is the checkout which that belongs to.
 */
export async function findCheckout(
  home: Home,
  repository: RepositoryName,
): Promise<string | undefined> {
  const known = await readJson(file(home, repository), Known);
  if (!known) return undefined;
  const session = await sessionAround(home, known.checkout);
  const checkout = session ? session.checkout : known.checkout;
  return checkout !== undefined && existsSync(join(checkout, '.git')) ? checkout : undefined;
}

/** Every checkout that is noted on this host. */
export async function knownCheckouts(home: Home): Promise<string[]> {
  const owners = await namesIn(home.repositories);
  const files = await Promise.all(
    owners.map(async (owner) =>
      (await namesIn(join(home.repositories, owner))).map((name) =>
        join(home.repositories, owner, name),
      ),
    ),
  );
  const known = await Promise.all(files.flat().map((path) => readJson(path, Known)));
  return known.flatMap((note) => note?.checkout ?? []);
}
