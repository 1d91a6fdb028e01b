import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../domain/session.ts';
import type { Home } from './home.ts';
import { readOwnership } from './session-store.ts';

/** Below the ports that systems give away by themselves (Linux from 32768, macOS from 49152). */
const FIRST = 24_000;
const EACH = 10;
const RANGES = 800;

type Who = Pick<Place, 'repository' | 'issue'>;

/** Ports for whatever a session's programs listen on, both ends included. */
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

/** How a program hears of its range. */
export const portVariables = ({ first, last }: PortRange): Record<string, string> => ({
  COPPICE_PORT: String(first),
  COPPICE_PORT_END: String(last),
});

/** The session's own range on this host: the one it has, or the lowest that is free from now on its own. */
export async function portRange(home: Home, who: Who): Promise<PortRange> {
  const directory = directoryOf(home);
  mkdirSync(directory, { recursive: true });
  const taken = holders(home);
  for (const [index, key] of taken) if (key === keyOf(who)) return range(index);
  for (let index = 0; index < RANGES; index++) {
    const holder = taken.get(index);
    if (holder !== undefined && (await isOpen(home, holder))) continue;
    if (holder !== undefined) rmSync(join(directory, String(index)), { force: true });
    if (take(join(directory, String(index)), keyOf(who))) return range(index);
  }
  throw new Error(`all ${RANGES} port ranges of this host are taken`);
}

export function freePorts(home: Pick<Home, 'root'>, who: Who): void {
  for (const [index, key] of holders(home))
    if (key === keyOf(who)) rmSync(join(directoryOf(home), String(index)), { force: true });
}

function holders(home: Pick<Home, 'root'>): Map<number, string> {
  const directory = directoryOf(home);
  const names = existsSync(directory) ? readdirSync(directory) : [];
  return new Map(
    names
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), readFileSync(join(directory, name), 'utf8')]),
  );
}

/** A range is let go with its session's worktree; what a crash left is known by that. */
async function isOpen(home: Home, key: string): Promise<boolean> {
  const [repository = '', issue = ''] = key.split('#');
  return (await readOwnership(home, repository as Who['repository'], Number(issue))) !== undefined;
}

/** @returns false when another process was quicker */
function take(file: string, key: string): boolean {
  try {
    writeFileSync(file, key, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
