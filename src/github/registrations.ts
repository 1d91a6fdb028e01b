import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { IssueNumber } from '../domain/issue.ts';
import { RepositoryName, splitRepository } from '../domain/repository.ts';
import type { Home } from '../state/home.ts';

/** A session's wish to be told of its issue and its pull request: a file, so that it outlives the worker. */
export const Registration = z.object({
  workflowId: z.string().min(1),
  repository: RepositoryName,
  issue: IssueNumber,
  /** Null before there is one: the issue is watched from the session's start. */
  pullRequest: z.int().positive().nullable(),
  /** ISO 8601. A new registration is told everything anew, for its workflow may have been reset. */
  registeredAt: z.string(),
});
export type Registration = z.infer<typeof Registration>;

export type Registered = Pick<Registration, 'repository' | 'issue'>;

function fileOf(home: Home, { repository, issue }: Registered): string {
  const { owner, repo } = splitRepository(repository);
  return join(home.watch, owner, repo, `${issue}.json`);
}

/** Has the host's watcher tell a session of its issue and pull request from now on; replaces what was registered for the issue. */
export async function registerWatch(
  home: Home,
  registration: Omit<Registration, 'registeredAt'>,
): Promise<void> {
  const file = fileOf(home, registration);
  const registeredAt = new Date().toISOString();
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify({ ...registration, registeredAt })}\n`);
}

export async function unregisterWatch(home: Home, registered: Registered): Promise<void> {
  await rm(fileOf(home, registered), { force: true });
}

/** Every registration on this host, and the paths of files that are none. */
export async function readRegistrations(
  home: Home,
): Promise<{ registrations: Registration[]; unreadable: string[] }> {
  const registrations: Registration[] = [];
  const unreadable: string[] = [];
  const entries = await readdir(home.watch, { recursive: true }).catch(ignoreMissing);
  for (const entry of entries ?? []) {
    if (!/^[^/\\]+[/\\][^/\\]+[/\\]\d+\.json$/.test(entry)) continue;
    const path = join(home.watch, entry);
    const text = await readFile(path, 'utf8').catch(ignoreMissing);
    if (text === undefined) continue; // unregistered meanwhile
    const registration = parse(text);
    if (registration) registrations.push(registration);
    else unreadable.push(path);
  }
  return { registrations, unreadable };
}

function parse(text: string): Registration | undefined {
  try {
    return Registration.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
