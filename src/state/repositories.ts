import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { ignoringDamage, readJson, settingDamagedAside, writeJson } from './files/json-file.ts';
import { namesIn } from './files/names-in.ts';
import type { Home } from './home.ts';
import { listSessions } from './session-store.ts';
import { sessionAround } from './session-worktrees.ts';

const Known = z.object({ checkout: z.string() });

/** GitHub's names are not case-sensitive. */
const file = (home: Home, repository: RepositoryName): string =>
  join(home.repositories, `${repository.toLowerCase()}.json`);

/** Records where a repository is checked out on this host. A later record replaces an earlier one. */
export const rememberRepository = (
  home: Home,
  repository: RepositoryName,
  checkout: string,
): Promise<void> => writeJson(file(home, repository), { checkout });

/**
 * The absolute path of the repository's checkout; undefined when none is known, or when it was moved away. If the record names a
 * session's worktree, in which an agent writes, this is the checkout that the worktree belongs to.
 */
export async function findCheckout(
  home: Home,
  repository: RepositoryName,
): Promise<string | undefined> {
  const path = file(home, repository);
  const hasNote = existsSync(path);
  const known = await settingDamagedAside(readJson(path, Known));
  if (!known) return hasNote ? await rememberedBySessions(home, repository) : undefined;
  const session = await sessionAround(home, known.checkout);
  const checkout = session ? session.checkout : known.checkout;
  return checkout !== undefined && isCheckout(checkout) ? checkout : undefined;
}

const isCheckout = (path: string): boolean => existsSync(join(path, '.git'));

/** Restores the path from the records of the repository's sessions, when its own record is damaged. */
async function rememberedBySessions(
  home: Home,
  repository: RepositoryName,
): Promise<string | undefined> {
  const { sessions } = await listSessions(home);
  const checkout = sessions
    .filter((one) => one.repository.toLowerCase() === repository.toLowerCase())
    .map(({ ownership }) => ownership?.location.checkout)
    .find((path) => path !== undefined && isCheckout(path));
  if (checkout !== undefined) await rememberRepository(home, repository, checkout);
  return checkout;
}

/** Every checkout that is recorded on this host. */
export async function knownCheckouts(home: Home): Promise<string[]> {
  const owners = await namesIn(home.repositories);
  const files = await Promise.all(
    owners.map(async (owner) =>
      (await namesIn(join(home.repositories, owner)))
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(home.repositories, owner, name)),
    ),
  );
  const known = await Promise.all(
    files.flat().map((path) => ignoringDamage(readJson(path, Known))),
  );
  return known.flatMap((note) => note?.checkout ?? []);
}
