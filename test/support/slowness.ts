import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How long a test hesitates, in milliseconds, each time that it looks at or does something: as on a busy machine, where the
 * workflow goes on meanwhile. It finds tests that pass only as long as they are quick.
 */
const SLOWNESS = Number(process.env.SLOW_TESTS ?? 0);

export const hesitate = async (): Promise<void> => {
  if (SLOWNESS > 0) await sleep(SLOWNESS);
};
