import { setTimeout as sleep } from 'node:timers/promises';

/** The wait between two rounds of work: ends early when nudged, and at once, for good, when ended. */
export interface Pause {
  /** Waits so many milliseconds, or less if nudged now or since the last wait. */
  orNudge(milliseconds: number): Promise<void>;
  /** Waits for a moment, whatever nudges. */
  until(moment: Date): Promise<void>;
  nudge(): void;
  end(): void;
}

export function createPause(): Pause {
  const ended = new AbortController();
  let nudged = new AbortController();

  async function wait(milliseconds: number, ...signals: AbortSignal[]): Promise<void> {
    const signal = AbortSignal.any([ended.signal, ...signals]);
    await sleep(Math.max(0, milliseconds), undefined, { signal }).catch(() => undefined);
  }

  return {
    async orNudge(milliseconds) {
      await wait(milliseconds, nudged.signal);
      nudged = new AbortController();
    },
    until: (moment) => wait(moment.getTime() - Date.now()),
    nudge: () => nudged.abort(),
    end: () => ended.abort(),
  };
}
