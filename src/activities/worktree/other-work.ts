import { join } from 'node:path';
import { z } from 'zod';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { otherBranches } from '../../git/worktree/other-branches.ts';
import { ignoringDamage, readJson, writeJson } from '../../state/files/json-file.ts';
import { type Home, sessionDirectory } from '../../state/home.ts';

const Told = z.array(z.string());

/**
 * Problems to report to the agent, once, about other branches that it made: their commits are in no pull
 * request. No person is asked about them, because these branches stay in the checkout in any case.
 */
export async function otherBranchProblems(
  home: Home,
  location: SessionLocation,
  base: Base,
): Promise<string[]> {
  const found = await otherBranches(location, base);
  const file = join(
    sessionDirectory(home, location.repository, location.issue),
    'other-branches.json',
  );
  const told = (await ignoringDamage(readJson(file, Told))) ?? [];
  const fresh = found.filter(({ name, tip }) => !told.includes(`${name} ${tip}`));
  if (fresh.length === 0) return [];
  await writeJson(
    file,
    found.map(({ name, tip }) => `${name} ${tip}`),
  );
  const names = fresh.map(({ name }) => name).join(', ');
  return [
    `commits are on other branches that were made in the worktree (${names}), and not on ${location.branch}, the only branch that is pushed: move the commits that belong to the issue there, and leave the others where they are`,
  ];
}
