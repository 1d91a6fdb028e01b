import { setTimeout as sleep } from 'node:timers/promises';
import { stopwatch } from './awake.ts';
import { isRunning, type ProcessIdentity } from './identity.ts';

/** Between two looks at what still runs, in milliseconds. */
const POLL = 50;

/** How long SIGKILL may take, in milliseconds, before a process counts as unkillable (stuck in the kernel). */
const KILL_PATIENCE = 15_000;

/**
 * Stops every process that `find` finds, new ones too: SIGTERM, after `grace` milliseconds SIGKILL, and returns when a
 * second look finds none. SIGTERM goes only to those that `findInner` finds, if it finds any: others end with them.
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
    if (found.length > 0 && waited >= grace + KILL_PATIENCE)
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
