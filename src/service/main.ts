/** The service's process, started by `up`; its argument is {@link ServiceSettings} as JSON. */

import { LockedError } from '../process/lock.ts';
import { coppiceHome } from '../state/home.ts';
import { ServiceError } from '../temporal/service-error.ts';
import type { StartReport } from './daemon.ts';
import { runService, type ServiceSettings } from './run-service.ts';

const settings: ServiceSettings = JSON.parse(process.argv[2] ?? '{}');
const stop = new AbortController();
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => stop.abort());
// A full disk, on which no log can be written, is no reason to end.
process.stdout.on('error', () => {});

const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

/** Sends `up` its message, if it still listens, and disconnects. */
const tell = (report: StartReport) => {
  if (process.connected) process.send?.(report, undefined, {}, () => process.disconnect?.());
};

try {
  log(`the service starts as process ${process.pid}`);
  const onReady = () => {
    log('the service is ready');
    tell({ started: true });
  };
  await runService({
    ...settings,
    env: process.env,
    home: coppiceHome(),
    log,
    onReady,
    signal: stop.signal,
  });
  log('the service has stopped');
  process.exitCode = 0;
} catch (error) {
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  if (error instanceof LockedError) tell({ locked: true });
  else if (error instanceof ServiceError) tell({ kind: error.kind, message: error.message });
  else
    tell({ kind: 'StartFailed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
