import { setTimeout as sleep } from 'node:timers/promises';

/*
 * This file measures time awake, which is time in which this process ran. When the machine sleeps, or the process is stopped (by
 * SIGSTOP, or in a paused virtual machine), there is a large gap between two readings of the clock. Such a gap is not counted,
 * because nobody could work or watch in it. On Linux the clock that Node reads stops during sleep; on macOS it does not.
 */

/** Two readings are always closer together than this, in milliseconds, even on a busy machine. */
const GAP = 5_000;

/** The part of the milliseconds between two readings that counts as time awake. */
const awakeIn = (elapsed: number): number => (elapsed > GAP ? 0 : elapsed);

/** Returns a function that gives the milliseconds awake since the stopwatch was made. Call it about once a second. */
export function stopwatch(now = () => performance.now()): () => number {
  let last = now();
  let awake = 0;
  return () => {
    const at = now();
    awake += awakeIn(at - last);
    last = at;
    return awake;
  };
}

/** Interval between two readings while waiting, in milliseconds. */
const LOOK = 500;

/** Resolves after the given number of milliseconds awake. @throws the reason of the signal, when it aborts */
export async function sleepAwake(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const awake = stopwatch();
  for (let left = milliseconds; left > 0; left = milliseconds - awake())
    await sleep(Math.min(LOOK, left), undefined, { signal });
}
