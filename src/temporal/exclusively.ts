import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock, LockedError } from '../process/lock.ts';

/** Interval between two attempts to take the lock, in milliseconds. */
const POLL = 250;

/**
 * Runs `work` in at most one process of this host at a time, by a lock in `directory`. The other processes wait and report for
 * which process. A process that was killed does not keep the others waiting.
 */
export async function exclusively<T>(
  directory: string,
  { doing, report }: { readonly doing: string; readonly report: (line: string) => void },
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(directory, { recursive: true });
  const release = await whenFree(directory, (pid) =>
    report(`process ${pid} is ${doing} already: waiting for it`),
  );
  try {
    return await work();
  } finally {
    release();
  }
}

async function whenFree(directory: string, onWait: (pid: number) => void): Promise<() => void> {
  for (let told = 0; ; await sleep(POLL)) {
    try {
      return acquireLock(directory);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (told !== error.holder.pid) onWait(error.holder.pid);
      told = error.holder.pid;
    }
  }
}
