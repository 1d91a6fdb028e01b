import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from '../process/identity.ts';
import type { Home } from '../state/home.ts';
import type { ServiceRecord } from '../state/service-record.ts';
import { diskFull } from '../temporal/dev-server-failure.ts';
import { startDaemon } from './daemon.ts';
import type { ServiceSettings } from './run-service.ts';
import { serviceSettings, type UpOptions } from './settings.ts';
import { runningService, type ServiceState, serviceState } from './state.ts';

/** How often a service that another process starts or stops is checked, in milliseconds. */
const POLL = 100;

/**
 * Makes sure that this host's service runs in the background, and returns when it is ready.
 * @throws ServiceError when it can't be started
 */
export async function up(options: UpOptions): Promise<ServiceState> {
  const { env, home, report } = options;
  let settings: ServiceSettings | undefined;
  for (;;) {
    const other = runningService(home);
    if (other?.phase === 'ready') {
      report(`the service is already up, as process ${other.service.pid}`);
    } else if (other) {
      report(`the service is ${other.phase} (process ${other.service.pid}): waiting for it`);
      await settled(home, other);
      continue;
    } else {
      settings ??= await serviceSettings(options);
      if (!(await start(home, env, settings))) {
        // Another `up` was quicker. Its service has the lock, but may not have written its record yet.
        await sleep(POLL);
        continue;
      }
    }
    const state = serviceState(home);
    if (state) return state;
  }
}

async function start(
  home: Home,
  env: NodeJS.ProcessEnv,
  settings: ServiceSettings,
): Promise<boolean> {
  try {
    return await startDaemon(home, env, settings);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(home.root) : error;
  }
}

/** Resolves when a service is no longer in the phase it was in. */
async function settled(home: Home, { service, phase }: ServiceRecord): Promise<void> {
  while (isRunning(service) && runningService(home)?.phase === phase) await sleep(POLL);
}
