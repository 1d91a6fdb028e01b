import { isRunning } from '../process/identity.ts';
import { stopProcess } from '../process/logged-child.ts';
import { startedWith } from '../process/members.ts';
import { marksOfPart } from '../process/part-marks.ts';
import type { Home } from '../state/home.ts';
import { readServiceRecord } from '../state/service-record.ts';
import { DRAIN_LIMIT } from './worker.ts';

/** How long the server of a service that was killed may take to end; in milliseconds. */
const SERVER_LIMIT = 15_000;

/**
 * Ends gently what a killed service left running, because a second server on the same database would damage it.
 * @returns whether there was anything
 */
export async function endLeftovers(home: Home, log: (line: string) => void): Promise<boolean> {
  const record = readServiceRecord(home);
  const parts = [
    { part: 'worker', name: 'worker', limit: DRAIN_LIMIT },
    { part: 'temporal', name: 'Temporal server', limit: SERVER_LIMIT },
  ] as const;
  let found = false;
  for (const { part, name, limit } of parts) {
    // The record may be missing or damaged, but the mark is in the process's own environment.
    const known = [record?.[part].process, ...startedWith(marksOfPart(home.root, part))];
    for (const process of known) {
      if (!process || !isRunning(process)) continue;
      found = true;
      log(`ending the ${name} (process ${process.pid}) that an interrupted service left`);
      await stopProcess(process, limit);
    }
  }
  return found;
}
