import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from './identity.ts';

/** Somebody else has the lock, and is running. */
export class LockedError extends Error {
  readonly holder: ProcessIdentity;

  constructor(holder: ProcessIdentity) {
    super(`locked by process ${holder.pid}`);
    this.name = 'LockedError';
    this.holder = holder;
  }
}

/**
 * Takes the lock of a directory for this process: at most one process on a host has it, and it is free again when that one
 * has ended, however it ended. The lock is the file `lock.<n>` with the highest n, naming its holder. It is never removed,
 * only followed by n + 1, which can be made once: so two who find a dead holder can't both succeed it.
 * @returns how to give it back
 * @throws LockedError
 */
export function acquireLock(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  for (;;) {
    const last = generations(directory).at(-1) ?? 0;
    const holder = readHolder(directory, last);
    if (holder && isRunning(holder)) throw new LockedError(holder);
    const mine = last + 1;
    if (!claim(directory, mine)) continue;
    // Somebody slow to look may claim a number that others have long passed.
    if (generations(directory).at(-1) !== mine) {
      rmSync(lockPath(directory, mine), { force: true });
      continue;
    }
    for (const old of generations(directory).filter((n) => n < mine))
      rmSync(lockPath(directory, old), { force: true });
    // Emptied, which even a full disk allows.
    return () => truncateSync(lockPath(directory, mine));
  }
}

/** Who has the lock of a directory. @returns undefined when it is free */
export function lockHolder(directory: string): ProcessIdentity | undefined {
  if (!existsSync(directory)) return undefined;
  const holder = readHolder(directory, generations(directory).at(-1) ?? 0);
  return holder && isRunning(holder) ? holder : undefined;
}

const lockPath = (directory: string, n: number): string => join(directory, `lock.${n}`);

/** In ascending order. */
function generations(directory: string): number[] {
  return readdirSync(directory)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

function readHolder(directory: string, n: number): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(lockPath(directory, n), 'utf8'));
  } catch {
    return undefined; // never there, gone meanwhile, or given back
  }
}

/** Makes lock n with this process in it, in one step. @returns false when there is a lock n already */
function claim(directory: string, n: number): boolean {
  const draft = join(directory, `.lock.${process.pid}`);
  writeFileSync(draft, JSON.stringify(identify(process.pid)));
  try {
    linkSync(draft, lockPath(directory, n));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
