import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionLocation } from '../domain/session/session.ts';
import { IssueNumber } from '../domain/shared/issue.ts';
import { RepositoryName } from '../domain/shared/repository.ts';
import { DamagedFile } from './files/json-file.ts';
import { namesIn } from './files/names-in.ts';
import { createWhole } from './files/whole-file.ts';
import type { Home } from './home.ts';
import { readOwnership } from './session-store.ts';

/** The ranges lie below the ports that systems assign by themselves (Linux from 32768, macOS from 49152). */
const FIRST = 24_000;
const EACH = 10;
const RANGES = 800;

type Who = Pick<SessionLocation, 'repository' | 'issue'>;

/** Ports on which a session's programs may listen; both ends are included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const keyOf = ({ repository, issue }: Who): string => `${repository}#${issue}`;
const directoryOf = ({ root }: Pick<Home, 'root'>): string => join(root, 'ports');
const range = (index: number): PortRange => ({
  first: FIRST + index * EACH,
  last: FIRST + index * EACH + EACH - 1,
});

/** The environment variables that tell a program its range. */
export const portVariables = ({ first, last }: PortRange): Record<string, string> => ({
  COPPICE_PORT: String(first),
  COPPICE_PORT_END: String(last),
});

/** The session's range on this host. A session without one gets the lowest free range. */
export async function portRange(home: Home, who: Who): Promise<PortRange> {
  const directory = directoryOf(home);
  mkdirSync(directory, { recursive: true });
  const taken = await holders(home);
  for (const [index, key] of taken) if (key === keyOf(who)) return range(index);
  for (let index = 0; index < RANGES; index++) {
    const holder = taken.get(index);
    if (holder !== undefined && (await isOpen(home, holder))) continue;
    if (holder !== undefined) rmSync(join(directory, String(index)), { force: true });
    if (createWhole(join(directory, String(index)), keyOf(who))) return range(index);
  }
  throw new Error(`all ${RANGES} port ranges of this host are taken`);
}

export async function freePorts(home: Pick<Home, 'root'>, who: Who): Promise<void> {
  for (const [index, key] of await holders(home))
    if (key === keyOf(who)) rmSync(join(directoryOf(home), String(index)), { force: true });
}

async function holders(home: Pick<Home, 'root'>): Promise<Map<number, string>> {
  const directory = directoryOf(home);
  const names = (await namesIn(directory)).filter((name) => /^\d+$/.test(name));
  return new Map(
    names.map((name) => [Number(name), readFileSync(join(directory, name), 'utf8').trim()]),
  );
}

/**
 * A range is free when its session has no worktree any more, so a range that a crash left is found too. If the session's record can't be
 * read, the range counts as taken. If the range's own file is damaged, the range is free, and its session takes another one.
 */
async function isOpen(home: Home, key: string): Promise<boolean> {
  const [, name, number] = /^(.*)#(\d+)$/.exec(key) ?? [];
  const repository = RepositoryName.safeParse(name).data;
  const issue = IssueNumber.safeParse(Number(number)).data;
  if (repository === undefined || issue === undefined) return false;
  try {
    return (await readOwnership(home, repository, issue)) !== undefined;
  } catch (error) {
    if (error instanceof DamagedFile) return true;
    throw error;
  }
}
