import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../process/identity.ts';
import { lockHolder } from '../process/lock.ts';
import type { Home } from '../state/home.ts';
import { removeServiceRecord } from '../state/service-record.ts';
import { endLeftovers } from './leftovers.ts';
import { runningService } from './state.ts';

export interface DownOptions {
  readonly home: Home;
  readonly report: (line: string) => void;
}

const POLL = 50;

/** How long `up` waits before it says what takes so long, in milliseconds. */
const SILENT = 3_000;

/**
 * Stops this host's service gently: first the agents' turns, which the next `up` resumes, then the worker, then the
 * server. It also ends what a killed service left running.
 * @returns false when nothing was running
 */
export async function down({ home, report }: DownOptions): Promise<boolean> {
  // The record may be damaged. The lock names the process too.
  const service = runningService(home)?.service ?? lockHolder(home.service);
  if (!service) {
    const found = await endLeftovers(home, report);
    removeServiceRecord(home);
    return found;
  }
  process.kill(service.pid, 'SIGTERM');
  const explain = setTimeout(() => report('waiting for agents to end their turns'), SILENT);
  try {
    while (isRunning(service)) await sleep(POLL);
  } finally {
    clearTimeout(explain);
  }
  return true;
}
