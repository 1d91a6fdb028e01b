import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SessionLocation } from '../domain/session/session.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { ignoringDamage, readJson, writeJson } from './files/json-file.ts';
import { type Home, sessionDirectory } from './home.ts';
import { listSessions } from './session-store.ts';

/**
 * What a session may have left on the remote when its worktree went. The record proves that Coppice made that branch. The next
 * session of the issue uses what a cancelled one left, and so does `prune` when a person wants the branch deleted.
 */
export const LeftBranch = z.object({
  workflowId: z.string(),
  location: SessionLocation,
  /** The commit of the remote branch when Coppice last pushed or fetched it. */
  sha: z.string(),
  /** The number of its pull request; null when it never had one. */
  pullRequest: z.number().int().positive().nullable(),
  /** Whether its pull request was merged: then the branch is nobody's work, and no session goes on with it. */
  merged: z.boolean().optional(),
});
export type LeftBranch = z.infer<typeof LeftBranch>;

const fileOf = (home: Home, repository: RepositoryName, issue: number): string =>
  join(sessionDirectory(home, repository, issue), 'left.json');

export const saveLeftBranch = (home: Home, left: LeftBranch): Promise<void> =>
  writeJson(fileOf(home, left.location.repository, left.location.issue), left);

/** A damaged record proves nothing, so it counts as missing. */
export const readLeftBranch = (
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<LeftBranch | undefined> =>
  ignoringDamage(readJson(fileOf(home, repository, issue), LeftBranch));

export const forgetLeftBranch = (
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<void> => rm(fileOf(home, repository, issue), { force: true });

/** The records of a repository's cancelled sessions that have no worktree on this host any more. */
export async function listLeftBranches(
  home: Home,
  repository: RepositoryName,
): Promise<LeftBranch[]> {
  const { sessions } = await listSessions(home, repository);
  const found: LeftBranch[] = [];
  for (const { issue, ownership } of sessions) {
    const left = ownership ? undefined : await readLeftBranch(home, repository, issue);
    if (left && !left.merged) found.push(left);
  }
  return found;
}
