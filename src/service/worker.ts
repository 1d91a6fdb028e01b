import { extname, join } from 'node:path';
import { errorLine } from '../process/error-line.ts';
import { firstMessage, spawnLogged } from '../process/logged-child.ts';
import { marksOfPart } from '../process/part-marks.ts';
import type { Home } from '../state/home.ts';
import { credentialFiles } from '../temporal/door/credentials.ts';
import { ServiceError } from '../temporal/service-error.ts';
import type { Running, StartOptions } from './keep-running.ts';

/**
 * How long a worker may take to shut down, in milliseconds. It lets agents end their turns gently.
 */
export const DRAIN_LIMIT = 5 * 60_000;

const WORKER = join(import.meta.dirname, '..', 'worker', `main${extname(import.meta.filename)}`);

export interface WorkerOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly home: Home;
  /** Whether the server is the embedded one; otherwise the environment names it. */
  readonly embedded: boolean;
  readonly log: string;
  /** The program; tests have their own. */
  readonly program?: string | undefined;
}

/** Starts the worker process and returns when it polls. @throws ServiceError StartFailed */
export async function startWorker(
  { env, home, embedded, log, program = WORKER }: WorkerOptions,
  { onSpawn, signal }: StartOptions,
): Promise<Running> {
  const child = spawnLogged(process.execPath, [program], {
    log,
    cwd: home.root,
    env: {
      ...(embedded ? pointedAtEmbedded(home, env) : env),
      COPPICE_HOME: home.root,
      COPPICE_CACHE: home.cache,
      ...marksOfPart(home.root, 'worker'),
    },
    ipc: true,
  });
  onSpawn(child.identity);
  const cancel = () => void child.stop(DRAIN_LIMIT);
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  try {
    await firstMessage(child, (how) => startFailed(how, child.output(), log));
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  return { ended: child.ended, stop: () => child.stop(DRAIN_LIMIT) };
}

/** No other Temporal setting may reach the worker, because it would use a profile's TLS or key for the embedded server. */
function pointedAtEmbedded(home: Home, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return {
    ...Object.fromEntries(others),
    TEMPORAL_CONFIG_FILE: credentialFiles(home.temporal).profile,
  };
}

function startFailed(how: string, output: string, log: string): ServiceError {
  const reason = errorLine(output);
  return new ServiceError(
    'StartFailed',
    `the worker did not start, it ${how}${reason && `: ${reason}`}; see ${log}`,
  );
}
