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

/** Milliseconds after which a person is told what takes so long. */
const PATIENCE = 3_000;

/**
 * Stops this host's service gently: agents' turns end to be resumed by the next `up`, then the worker, then the server.
 * Ends what a killed service left, too.
 * @returns false when nothing was running
 */
export async function down({ home, report }: DownOptions): Promise<boolean> {
  // Its record may be damaged; the lock names it, too.
  const service = runningService(home)?.service ?? lockHolder(home.service);
  if (!service) {
    const found = await endLeftovers(home, report);
    removeServiceRecord(home);
    return found;
  }
  process.kill(service.pid, 'SIGTERM');
  const explain = setTimeout(() => report('waiting for agents to end their turns'), PATIENCE);
  try {
    while (isRunning(service)) await sleep(POLL);
  } finally {
    clearTimeout(explain);
  }
  return true;
}
