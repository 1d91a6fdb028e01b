import { join } from 'node:path';
import { z } from 'zod';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { otherBranches } from '../../git/worktree/other-branches.ts';
import { type Home, sessionDirectory } from '../../state/home.ts';
import { orNothing, readJson, writeJson } from '../../state/json-file.ts';

const Told = z.array(z.string());

/**
 * What the agent is told once of branches that it made beside the session's: work on them is in no pull request. Nobody is
 * asked about them, since they stay in the checkout whatever becomes of the session.
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
  const told = (await orNothing(readJson(file, Told))) ?? [];
  const fresh = found.filter(({ name, tip }) => !told.includes(`${name} ${tip}`));
  if (fresh.length === 0) return [];
  await writeJson(
    file,
    found.map(({ name, tip }) => `${name} ${tip}`),
  );
  const names = fresh.map(({ name }) => name).join(', ');
  return [
    `commits are on other branches that were made in the worktree (${names}), and not on ${location.branch}, which alone is pushed: bring over what belongs to the issue, and leave the rest where it is`,
  ];
}
