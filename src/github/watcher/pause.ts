import { setTimeout as sleep } from 'node:timers/promises';

/** The wait between two rounds of work. A nudge ends one wait early, and `end` ends all waits for good. */
export interface Pause {
  /** Waits this many milliseconds, or less if there was a nudge since the last wait or is one now. */
  orWake(milliseconds: number): Promise<void>;
  /** Waits until a moment, and ignores nudges. */
  until(moment: Date): Promise<void>;
  wake(): void;
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
    async orWake(milliseconds) {
      await wait(milliseconds, nudged.signal);
      nudged = new AbortController();
    },
    until: (moment) => wait(moment.getTime() - Date.now()),
    wake: () => nudged.abort(),
    end: () => ended.abort(),
  };
}
