import { join } from 'node:path';
import { shorten } from '../process/logged-child.ts';
import type { Home } from '../state/home.ts';

/** How often the size of the logs is checked, in milliseconds. */
const EVERY = 60_000;

/** Keeps the logs of the service from growing without end while it runs. @returns how to stop that */
export function keepLogsShort(home: Home, log: (line: string) => void, every = EVERY): () => void {
  const timer = setInterval(() => {
    for (const name of ['service', 'worker', 'temporal']) {
      try {
        shorten(join(home.service, `${name}.log`));
      } catch (error) {
        log(`can't shorten ${name}.log: ${(error as Error).message}`);
      }
    }
  }, every);
  return () => clearInterval(timer);
}
