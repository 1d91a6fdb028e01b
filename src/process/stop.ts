import { setTimeout as sleep } from 'node:timers/promises';
import { stopwatch } from './awake.ts';
import { isRunning, type ProcessIdentity } from './identity.ts';

/** Interval between two searches for running processes, in milliseconds. */
const POLL = 50;

/** Milliseconds after SIGKILL until a process counts as unkillable, because it is stuck in the kernel. */
const KILL_TIMEOUT = 15_000;

/**
 * Stops every process that `find` finds, also those that start meanwhile. It sends SIGTERM, after `grace` milliseconds SIGKILL, and
 * resolves when two searches in a row find none. If `findInner` finds processes, only those get SIGTERM: the others end with them.
 * @throws Error when something outlives SIGKILL
 */
export async function stopAll(
  find: () => ProcessIdentity[],
  grace: number,
  findInner: () => ProcessIdentity[] = () => [],
): Promise<void> {
  const awake = stopwatch();
  const told = new Set<string>();
  for (let quiet = 0; quiet < 2; ) {
    const found = find();
    quiet = found.length === 0 ? quiet + 1 : 0;
    const waited = awake();
    const kill = waited >= grace;
    if (found.length > 0 && waited >= grace + KILL_TIMEOUT)
      throw new Error(`process ${found[0]?.pid} survives SIGKILL`);
    const inner = kill || found.length === 0 ? [] : findInner();
    for (const process of inner.length > 0 ? inner : found) {
      const key = `${process.pid} ${process.started}`;
      if (kill) signal(process, 'SIGKILL');
      else if (!told.has(key)) signal(process, 'SIGTERM');
      told.add(key);
    }
    if (found.length > 0) await sleep(POLL);
  }
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
