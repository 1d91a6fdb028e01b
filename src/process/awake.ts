import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Time awake: what passes while this process runs. When the machine sleeps, or the process is stopped (SIGSTOP, a paused virtual
 * machine), two looks at the clock lie far apart. Such a gap does not count: nobody could work in it, or nobody could watch. Linux
 * leaves sleep out of the clock that Node reads, macOS does not.
 */

/** Looks are much closer together than this, in milliseconds, also on a busy machine. */
const GAP = 5_000;

/** Of the milliseconds between two looks, those that count. */
const awakeIn = (elapsed: number): number => (elapsed > GAP ? 0 : elapsed);

/** Tells, at each look, the milliseconds awake since it was made: to be looked at every second or so. */
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

/** Between two looks of somebody who waits, in milliseconds. */
const LOOK = 500;

/** Resolves after so many milliseconds awake. @throws the signal's reason */
export async function sleepAwake(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const awake = stopwatch();
  for (let left = milliseconds; left > 0; left = milliseconds - awake())
    await sleep(Math.min(LOOK, left), undefined, { signal });
}
