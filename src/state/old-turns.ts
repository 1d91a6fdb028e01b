import { lstat, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isOver } from '../domain/session/session.ts';
import { isTurnOf } from '../domain/shared/identity.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { removeTree } from '../process/remove-tree.ts';
import { namesIn } from './files/names-in.ts';
import type { Home } from './home.ts';
import { listSessions, type StoredSession } from './session-store.ts';

/** The directories of turns of a session that ended long ago. */
export interface OldTurns {
  readonly repository: RepositoryName;
  readonly issue: number;
  /** The ids of the turns. */
  readonly turns: readonly string[];
  /** Their size on disk. */
  readonly bytes: number;
}

/** The same number of days for which the embedded server keeps ended workflows. */
const DEFAULT_DAYS = 30;

const DAY = 24 * 3_600 * 1_000;

const Environment = z.object({
  COPPICE_KEEP_DAYS: z.coerce.number().int().positive().max(36_500).default(DEFAULT_DAYS),
});

/** Days for which turns are kept after their session has ended. @throws Error that names the variable when its value is invalid */
export function keepDays(env: NodeJS.ProcessEnv): number {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data.COPPICE_KEEP_DAYS;
}

/** The turns of sessions that ended more than `days` days before `now`, of one repository or of all. */
export async function findOldTurns(
  home: Home,
  days: number,
  now: Date,
  repository?: RepositoryName,
): Promise<OldTurns[]> {
  const before = now.getTime() - days * DAY;
  const { sessions } = await listSessions(home, repository);
  const all = await namesIn(home.turns);
  const found: OldTurns[] = [];
  for (const session of sessions.filter((one) => endedBefore(one, before))) {
    const turns: string[] = [];
    let bytes = 0;
    for (const id of all.filter((name) => isTurnOf(session, name))) {
      const measured = await measure(join(home.turns, id));
      if (!measured || measured.newest >= before) continue;
      turns.push(id);
      bytes += measured.taken;
    }
    const { issue } = session;
    if (turns.length > 0) found.push({ repository: session.repository, issue, turns, bytes });
  }
  return found;
}

const GONE = '.gone-';

/** Removes the turns. What an interruption leaves is removed the next time. */
export async function removeTurns(home: Home, found: readonly OldTurns[]): Promise<void> {
  const at = (name: string) => join(home.turns, name);
  // The directory is renamed first, because a turn that lacks some of its files could not be read.
  for (const id of found.flatMap(({ turns }) => turns)) await rename(at(id), at(GONE + id));
  for (const name of await namesIn(home.turns))
    if (name.startsWith(GONE)) await removeTree(at(name));
}

const endedBefore = ({ last }: StoredSession, before: number): boolean =>
  last !== undefined && isOver(last.detail.record) && Date.parse(last.asOf) < before;

/**
 * When a file in a directory was last written, in milliseconds since 1970, and the directory's size on disk in bytes; undefined
 * when these can't be read.
 */
async function measure(directory: string): Promise<{ newest: number; taken: number } | undefined> {
  let [newest, taken] = [0, 0];
  try {
    for (const name of await readdir(directory, { recursive: true })) {
      const { mtimeMs, blocks } = await lstat(join(directory, name));
      newest = Math.max(newest, mtimeMs);
      taken += blocks * 512;
    }
  } catch {
    return undefined;
  }
  return { newest, taken };
}
