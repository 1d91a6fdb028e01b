import { setTimeout as sleep } from 'node:timers/promises';
import { hesitate } from './slowness.ts';

/** In milliseconds. */
const PATIENCE = 60_000;

/** Between two looks, in milliseconds: the longer the wait, the longer, since a look may cost a server's answer. */
const FIRST = 20;
const LONGEST = 200;
const GROWTH = 1.4;

/** Waits until `check` throws no more, as long as a busy machine may take. @returns what it returns then */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  await hesitate();
  const end = performance.now() + PATIENCE;
  for (let rest = FIRST; ; rest = Math.min(rest * GROWTH, LONGEST)) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(rest);
  }
}
