import { isRunning } from '../process/identity.ts';
import { stopProcess } from '../process/logged-child.ts';
import type { Home } from '../state/home.ts';
import { readServiceRecord } from '../state/service-record.ts';
import { DRAIN_LIMIT } from './worker.ts';

/** How long the server of a service that was killed may take to end; in milliseconds. */
const SERVER_LIMIT = 15_000;

/**
 * Ends what a service that was killed left running, gently: a second server on its database would do harm.
 * @returns whether there was anything
 */
export async function endLeftovers(home: Home, log: (line: string) => void): Promise<boolean> {
  const record = readServiceRecord(home);
  const parts = [
    { name: 'worker', process: record?.worker.process, limit: DRAIN_LIMIT },
    { name: 'Temporal server', process: record?.temporal.process, limit: SERVER_LIMIT },
  ];
  let found = false;
  for (const { name, process, limit } of parts) {
    if (!process || !isRunning(process)) continue;
    found = true;
    log(`ending the ${name} (process ${process.pid}) that an interrupted service left`);
    await stopProcess(process, limit);
  }
  return found;
}
