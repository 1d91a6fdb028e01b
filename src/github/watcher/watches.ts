import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sessionWorkflowId } from '../../domain/shared/identity.ts';
import { IssueNumber } from '../../domain/shared/issue.ts';
import { RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { ignoringDamage, keepAside, writeJson } from '../../state/files/json-file.ts';
import type { Home } from '../../state/home.ts';
import { readDetail } from '../../state/session-store.ts';

/**
 * A session's registration for changes of its issue and pull request. It is a file, so that it outlives the
 * worker.
 */
export const Watch = z.object({
  workflowId: z.string().min(1),
  repository: RepositoryName,
  issue: IssueNumber,
  /** Null before there is a pull request. The issue is watched from the start of the session. */
  pullRequest: z.int().positive().nullable(),
  /**
   * ISO 8601. After a new registration everything is sent again, because the workflow may have been reset.
   */
  registeredAt: z.string(),
});
export type Watch = z.infer<typeof Watch>;

export type Watched = Pick<Watch, 'repository' | 'issue'>;

function fileOf(home: Home, { repository, issue }: Watched): string {
  const { owner, repo } = splitRepository(repository);
  return join(home.watch, owner, repo, `${issue}.json`);
}

/**
 * Registers a session with the host's watcher, which from now on sends changes of the issue and the pull
 * request. It replaces an earlier registration for the issue.
 */
export async function registerWatch(home: Home, watch: Omit<Watch, 'registeredAt'>): Promise<void> {
  const registeredAt = new Date().toISOString();
  await writeJson(fileOf(home, watch), { ...watch, registeredAt });
}

export async function unregisterWatch(home: Home, registered: Watched): Promise<void> {
  await rm(fileOf(home, registered), { force: true });
}

/**
 * Reads all registrations on this host. A damaged file is restored from its name and from the session's last
 * known state. `unreadable` has the paths of those for which that is not possible.
 */
export async function readWatches(home: Home): Promise<{ watches: Watch[]; unreadable: string[] }> {
  const watches: Watch[] = [];
  const unreadable: string[] = [];
  const entries = await readdir(home.watch, { recursive: true }).catch(ignoreMissing);
  for (const entry of entries ?? []) {
    if (!/^[^/\\]+[/\\][^/\\]+[/\\]\d+\.json$/.test(entry)) continue;
    const path = join(home.watch, entry);
    const text = await readFile(path, 'utf8').catch(ignoreMissing);
    if (text === undefined) continue; // unregistered meanwhile
    const watch = parse(text) ?? (await registerAnew(home, entry, path));
    if (watch) watches.push(watch);
    else unreadable.push(path);
  }
  return { watches, unreadable };
}

async function registerAnew(home: Home, entry: string, path: string): Promise<Watch | undefined> {
  const [owner, repo, name = ''] = entry.split(/[/\\]/);
  const repository = RepositoryName.safeParse(`${owner}/${repo}`).data;
  const issue = IssueNumber.safeParse(Number.parseInt(name, 10)).data;
  if (repository === undefined || issue === undefined) return undefined;
  const last = await ignoringDamage(readDetail(home, repository, issue));
  // Without the last known state, Coppice does not know whether there is a pull request.
  if (!last) return undefined;
  const number = Number(last.detail.record.pullRequestUrl?.split('/').at(-1));
  const pullRequest = Number.isInteger(number) && number > 0 ? number : null;
  const workflowId = sessionWorkflowId(repository, issue);
  keepAside(path);
  const watch = { workflowId, repository, issue, pullRequest };
  await registerWatch(home, watch);
  return { ...watch, registeredAt: new Date().toISOString() };
}

function parse(text: string): Watch | undefined {
  try {
    return Watch.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
