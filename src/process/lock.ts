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

/** Another running process holds the lock. */
export class LockedError extends Error {
  readonly holder: ProcessIdentity;

  constructor(holder: ProcessIdentity) {
    super(`locked by process ${holder.pid}`);
    this.name = 'LockedError';
    this.holder = holder;
  }
}

/**
 * Takes the lock of a directory for this process. At most one process on a host holds it, and it becomes free when that process
 * ends, in whatever way. The lock is the file `lock.<n>` with the highest n; it names its holder. A lock file is never removed.
 * The next holder creates `lock.<n + 1>`, which can be created only once, so two processes that find a dead holder can't both take the lock.
 * @returns a function that releases the lock
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
    // A slow process may create a number that is no longer the highest one.
    if (generations(directory).at(-1) !== mine) {
      rmSync(lockPath(directory, mine), { force: true });
      continue;
    }
    for (const old of generations(directory).filter((n) => n < mine))
      rmSync(lockPath(directory, old), { force: true });
    // The file is emptied instead of rewritten, because that works even on a full disk.
    return () => truncateSync(lockPath(directory, mine));
  }
}

/** The process that holds the lock of a directory. @returns undefined when the lock is free */
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

/** Creates lock file n, with this process as its holder, in one atomic step. @returns false when lock file n exists already */
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
