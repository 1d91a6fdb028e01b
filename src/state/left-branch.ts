import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SessionLocation } from '../domain/session/session.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { type Home, sessionDirectory } from './home.ts';
import { orNothing, readJson, writeJson } from './json-file.ts';
import { listSessions } from './session-store.ts';

/**
 * What a cancelled session left on the remote when it was pruned: Coppice's proof that it made that branch, for the next
 * session of the issue and for a person who wants it gone.
 */
export const LeftBranch = z.object({
  workflowId: z.string(),
  location: SessionLocation,
  /** The commit of the remote's branch when Coppice last pushed or looked. */
  sha: z.string(),
  /** Number of its pull request; null when it never had one. */
  pullRequest: z.number().int().positive().nullable(),
});
export type LeftBranch = z.infer<typeof LeftBranch>;

const fileOf = (home: Home, repository: RepositoryName, issue: number): string =>
  join(sessionDirectory(home, repository, issue), 'left.json');

export const saveLeftBranch = (home: Home, left: LeftBranch): Promise<void> =>
  writeJson(fileOf(home, left.location.repository, left.location.issue), left);

/** A damaged one proves nothing. */
export const readLeftBranch = (
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<LeftBranch | undefined> =>
  orNothing(readJson(fileOf(home, repository, issue), LeftBranch));

export const forgetLeftBranch = (
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<void> => rm(fileOf(home, repository, issue), { force: true });

/** Those of a repository's sessions that have nothing on this host any more. */
export async function listLeftBranches(
  home: Home,
  repository: RepositoryName,
): Promise<LeftBranch[]> {
  const { sessions } = await listSessions(home, repository);
  const found: LeftBranch[] = [];
  for (const { issue, ownership } of sessions) {
    const left = ownership ? undefined : await readLeftBranch(home, repository, issue);
    if (left) found.push(left);
  }
  return found;
}
