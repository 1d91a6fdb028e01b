import { isRunning } from '../process/identity.ts';
import { LockedError } from '../process/lock.ts';
import { ServiceError } from '../temporal/service-error.ts';
import { runService } from './run-service.ts';
import { serviceSettings, type UpOptions } from './settings.ts';
import { runningService } from './state.ts';

/**
 * Runs the service in this process until SIGINT, SIGTERM or SIGHUP. The first signal ends it gently, a second one makes it
 * say how to force the end, and a third one kills worker and server.
 * @throws ServiceError when it can't be started, or runs already
 */
export async function upForeground(options: UpOptions): Promise<void> {
  const { env, home, report } = options;
  const stop = new AbortController();
  let asked = 0;
  const onSignal = () => {
    asked += 1;
    if (asked === 1) report('stopping: agents end their turns, to go on at the next up');
    if (asked === 2) report('still stopping; Ctrl-C once more kills the worker where it is');
    if (asked === 3) kill();
    stop.abort();
  };
  const kill = () => {
    const record = runningService(home);
    for (const part of [record?.worker, record?.temporal])
      if (part?.process && isRunning(part.process)) process.kill(part.process.pid, 'SIGKILL');
  };

  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    const settings = await serviceSettings(options);
    await runService({
      ...settings,
      env,
      home,
      log: report,
      signal: stop.signal,
      onReady: () => announce(options),
    });
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    throw new ServiceError(
      'StartFailed',
      `the service runs already, as process ${error.holder.pid}: stop it with coppice down`,
    );
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

function announce({ home, report }: UpOptions): void {
  const record = runningService(home);
  if (!record) return;
  const { address, webUrl } = record;
  report(`Temporal: ${address}${webUrl === undefined ? '' : `, Web UI: ${webUrl}`}`);
  report(`logs are in ${home.service}; Ctrl-C stops the service`);
}
