import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isOver } from '../domain/session/session.ts';
import { isTurnOf } from '../domain/shared/identity.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { Home } from './home.ts';
import { namesIn } from './names-in.ts';
import { listSessions, type StoredSession } from './session-store.ts';

/** What is left of the turns of a session that ended long ago. */
export interface OldTurns {
  readonly repository: RepositoryName;
  readonly issue: number;
  /** Their ids. */
  readonly turns: readonly string[];
  /** What they take on disk. */
  readonly bytes: number;
}

/** As long as ended sessions stay in the embedded server's database. */
const DEFAULT_DAYS = 30;

const DAY = 24 * 3_600 * 1_000;

const Environment = z.object({
  COPPICE_KEEP_DAYS: z.coerce.number().int().positive().max(36_500).default(DEFAULT_DAYS),
});

/** How long turns stay after their session has ended, in days. @throws Error that names the variable */
export function keepDays(env: NodeJS.ProcessEnv): number {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data.COPPICE_KEEP_DAYS;
}

/** The turns that ended, with their sessions, more than so many days before `now`; of one repository, or of all. */
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

/** What is half removed when this is interrupted goes the next time. */
export async function removeTurns(home: Home, found: readonly OldTurns[]): Promise<void> {
  const at = (name: string) => join(home.turns, name);
  // A turn without some of its files could not be read any more.
  for (const id of found.flatMap(({ turns }) => turns)) await rename(at(id), at(GONE + id));
  for (const name of await namesIn(home.turns))
    if (name.startsWith(GONE)) await rm(at(name), { recursive: true, force: true });
}

const endedBefore = ({ last }: StoredSession, before: number): boolean =>
  last !== undefined && isOver(last.detail.record) && Date.parse(last.asOf) < before;

/**
 * When something in a directory was last written, in milliseconds since 1970, and the bytes it takes on disk; undefined when
 * that can't be told.
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
