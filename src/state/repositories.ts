import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RepositoryName } from '../domain/repository.ts';
import type { Home } from './home.ts';
import { readJson, writeJson } from './json-file.ts';

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

/** Absolute path of the repository's checkout; undefined when none is known, or it was moved away. */
export async function findCheckout(
  home: Home,
  repository: RepositoryName,
): Promise<string | undefined> {
  const known = await readJson(file(home, repository), Known);
  return known && existsSync(join(known.checkout, '.git')) ? known.checkout : undefined;
}
