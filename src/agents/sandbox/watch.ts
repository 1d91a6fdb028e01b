import { setTimeout as sleep } from 'node:timers/promises';
import { Growth, sizeOf } from './growth.ts';
import { Judge, type ResourceLimits, type Verdict } from './limits.ts';
import { usageBelow } from './usage.ts';

/** The time between two looks, in milliseconds; the shorter one when a limit is close. */
const PERIOD = 1_000;
const SOON = 100;

interface Watched {
  /** The process around the sandbox. All that runs inside descends from it. */
  readonly pid: number;
  readonly limits: ResourceLimits;
  /** Directories that programs inside can fill. */
  readonly places: readonly string[];
  /** Told when something is ended, as a line for the file of refusals. */
  readonly tell: (line: string) => void;
}

/**
 * Linux only: ends what passes the limits, until the signal is aborted. What is ended first is the program
 * with most memory, so that an agent survives its own tests; all of it is ended when that does not help.
 */
export async function watchResources(watched: Watched, signal: AbortSignal): Promise<void> {
  const { pid, limits, places } = watched;
  const judge = new Judge(limits);
  const growth = new Growth(limits.disk, () => sizeOf(places));
  while (!signal.aborted) {
    const usage = usageBelow(pid, limits.processes);
    act(watched, judge.judge(usage), usage.largest);
    // It is not waited for: visiting many files takes a while.
    void growth.isPassed(usage.written).then((isPassed) => {
      if (isPassed) act(watched, { end: 'all', limit: 'disk' });
    });
    await sleep(judge.isClose(usage) ? SOON : PERIOD, undefined, { signal }).catch(() => undefined);
  }
}

function act(
  { pid, limits, tell }: Watched,
  verdict: Verdict,
  largest?: { readonly pid: number; readonly name: string },
): void {
  if (verdict.end === 'nothing') return;
  const one = verdict.end === 'largest' ? largest : undefined;
  tell(`limit ${verdict.limit} ${limits[verdict.limit]} ${one ? one.name : 'all'}`);
  try {
    process.kill(one?.pid ?? pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
