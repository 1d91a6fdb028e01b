import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Base, SessionDetail, SessionLocation } from '../domain/session/session.ts';
import { sessionWorkflowId } from '../domain/shared/identity.ts';
import { IssueNumber } from '../domain/shared/issue.ts';
import { RepositoryName } from '../domain/shared/repository.ts';
import { removeTree } from '../process/remove-tree.ts';
import { readJson, settingDamagedAside, writeJson } from './files/json-file.ts';
import { namesIn } from './files/names-in.ts';
import { type Home, privateHome, sessionDirectory } from './home.ts';

/** Proves that Coppice made a branch and a worktree. The record is written before either exists. Times are ISO 8601. */
export const Ownership = z.object({
  workflowId: z.string(),
  location: SessionLocation,
  /** The branch and the commit that the session's branch is based on. */
  base: Base,
  createdAt: z.string(),
  /** Whether the worktree is complete. Until then nobody has worked in it. */
  ready: z.boolean(),
});
export type Ownership = z.infer<typeof Ownership>;

/** The last known details of a session, used when no worker answers. */
export const RecordedDetail = z.object({ detail: SessionDetail, asOf: z.string() });
export type RecordedDetail = z.infer<typeof RecordedDetail>;

export interface StoredSession {
  readonly repository: RepositoryName;
  readonly issue: number;
  /** Present while Coppice has a branch or worktree of the session on this host. */
  readonly ownership?: Ownership;
  readonly last?: RecordedDetail;
}

export const ownershipFile = (home: Home, repository: RepositoryName, issue: number) =>
  join(sessionDirectory(home, repository, issue), 'ownership.json');

export const detailFile = (home: Home, repository: RepositoryName, issue: number) =>
  join(sessionDirectory(home, repository, issue), 'detail.json');

/** The directory in which the ignored files of a removed worktree are kept. */
export const keptDirectory = (home: Home, { repository, issue }: SessionLocation): string =>
  join(sessionDirectory(home, repository, issue), 'kept');

export const saveOwnership = (home: Home, ownership: Ownership): Promise<void> =>
  writeJson(
    ownershipFile(home, ownership.location.repository, ownership.location.issue),
    ownership,
  );

/** @throws DamagedFile */
export const readOwnership = (
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<Ownership | undefined> => readJson(ownershipFile(home, repository, issue), Ownership);

/**
 * The ownership record of a session. A damaged record is renamed and written again, because the session's workflow knows its
 * location and the base of its branch.
 */
export async function ownershipOf(
  home: Home,
  location: SessionLocation,
  base: Base,
  ready = true,
): Promise<Ownership | undefined> {
  const { repository, issue } = location;
  const wasThere = existsSync(ownershipFile(home, repository, issue));
  const known = await settingDamagedAside(readOwnership(home, repository, issue));
  if (known || !wasThere) return known;
  const workflowId = sessionWorkflowId(repository, issue);
  const createdAt = new Date().toISOString();
  const rebuilt = { workflowId, location, base, createdAt, ready };
  await saveOwnership(home, rebuilt);
  return rebuilt;
}

/** Removes the ownership record of a session that has no worktree any more, and before that the home directory of its sandbox. */
export async function forgetOwnership(
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<void> {
  await removeTree(join(home.root, privateHome(repository, issue)));
  await rm(ownershipFile(home, repository, issue), { force: true });
}

export const saveDetail = (home: Home, detail: SessionDetail, asOf: string): Promise<void> =>
  writeJson(detailFile(home, detail.record.repository, detail.record.issueNumber), {
    detail,
    asOf,
  } satisfies RecordedDetail);

/** @throws DamagedFile */
export const readDetail = (
  home: Home,
  repository: RepositoryName,
  issue: number,
): Promise<RecordedDetail | undefined> =>
  readJson(detailFile(home, repository, issue), RecordedDetail);

/**
 * Lists every session that this host has a record of, in the order of repository and issue number.
 * @returns also the paths of damaged files, whose sessions are listed without what they held
 */
export async function listSessions(
  home: Home,
  repository?: RepositoryName,
): Promise<{ sessions: StoredSession[]; damaged: string[] }> {
  const repositories = repository ? [repository] : await listRepositories(home);
  const damaged: string[] = [];
  // A damaged file of one session must not hide the other sessions.
  const orDamaged = async <T>(path: string, reading: Promise<T>): Promise<T | undefined> => {
    try {
      return await reading;
    } catch {
      damaged.push(path);
      return undefined;
    }
  };
  const sessions: StoredSession[] = [];
  for (const name of repositories) {
    for (const issue of await listIssues(home, name)) {
      const ownership = await orDamaged(
        ownershipFile(home, name, issue),
        readOwnership(home, name, issue),
      );
      const last = await orDamaged(detailFile(home, name, issue), readDetail(home, name, issue));
      sessions.push({
        repository: name,
        issue,
        ...(ownership && { ownership }),
        ...(last && { last }),
      });
    }
  }
  return { sessions, damaged };
}

async function listRepositories(home: Home): Promise<RepositoryName[]> {
  const owners = await namesIn(home.sessions);
  const nested = owners.map(async (owner) =>
    (await namesIn(join(home.sessions, owner))).map((repo) => `${owner}/${repo}`),
  );
  return (await Promise.all(nested))
    .flat()
    .flatMap((name) => RepositoryName.safeParse(name).data ?? []);
}

async function listIssues(home: Home, repository: RepositoryName): Promise<number[]> {
  return (await namesIn(join(home.sessions, repository)))
    .flatMap((name) => IssueNumber.safeParse(Number(name)).data ?? [])
    .sort((a, b) => a - b);
}
