import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../process/identity.ts';
import { acquireLock } from '../process/lock.ts';
import { marksOfPart } from '../process/part-marks.ts';
import { namesIn } from '../state/files/names-in.ts';
import { ensurePrivate, type Home } from '../state/home.ts';
import {
  type Part,
  readServiceRecord,
  removeServiceRecord,
  type ServiceRecord,
  writeServiceRecord,
} from '../state/service-record.ts';
import { externalServer } from '../temporal/connect.ts';
import { devServerAddress, startDevServer } from '../temporal/dev-server.ts';
import { diskFull } from '../temporal/dev-server-failure.ts';
import { keepRunning } from './keep-running.ts';
import { endLeftovers } from './leftovers.ts';
import { keepLogsShort } from './logs.ts';
import { choosePorts, type Ports, type RequestedPorts } from './ports.ts';
import { startWorker } from './worker.ts';

export interface ServiceSettings {
  readonly ports: RequestedPorts;
  /** Path of the Temporal CLI, for a server of our own; absent when the environment names one. */
  readonly cli?: string | undefined;
  /** The worker's program, when it isn't Coppice's own. */
  readonly worker?: string | undefined;
}

export interface RunOptions extends ServiceSettings {
  readonly env: NodeJS.ProcessEnv;
  readonly home: Home;
  readonly log: (line: string) => void;
  readonly onReady: () => void;
  /** Aborted when the service shall stop. */
  readonly signal: AbortSignal;
}

/** How often the service checks that its record is still on disk, in milliseconds. */
const MEND_EVERY = 2_000;

type Embedded = Ports & { readonly cli: string };

/**
 * Runs the service: it holds the lock, and keeps the server and the worker running until it is told to stop.
 * @throws LockedError when another process is the service; ServiceError when server or worker can't be started at first
 */
export async function runService(options: RunOptions): Promise<void> {
  const { home, log, signal, cli } = options;
  try {
    ensurePrivate(home);
    const release = acquireLock(home.service);
    try {
      await endLeftovers(home, log);
      mkdirSync(home.temporal, { recursive: true });
      const embedded =
        cli === undefined ? undefined : { cli, ...(await choosePorts(home, options.ports)) };
      await serve(options, embedded);
    } finally {
      removeServiceRecord(home);
      release();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw diskFull(home.root);
    if (!signal.aborted) throw error;
  }
}

async function serve(options: RunOptions, embedded: Embedded | undefined): Promise<void> {
  const { env, home, log, signal } = options;
  const server = embedded && devServerAddress(embedded);
  let record = newRecord(server ?? externalServer(env, home));
  writeServiceRecord(home, record);
  const change = (news: Partial<ServiceRecord>) => {
    record = { ...record, ...news };
    try {
      writeServiceRecord(home, record);
    } catch (error) {
      log(`can't write down how the service is: ${(error as Error).message}`);
    }
  };
  const inService = (name: string) => join(home.service, name);

  // Others find the service by its record, so a file that was deleted is written again.
  const mending = setInterval(() => {
    if (!readServiceRecord(home)) change({});
  }, MEND_EVERY);
  const stopShortening = keepLogsShort(home, log);
  // The first of these is stopped first, because a worker needs the server to shut down gently.
  const parts: { stop(): Promise<void> }[] = [];
  try {
    if (embedded) {
      const settings = {
        ...embedded,
        env,
        marks: marksOfPart(home.root, 'temporal'),
        database: join(home.temporal, 'temporal.db'),
        isUsed: (await namesIn(home.sessions)).length > 0,
        log: inService('temporal.log'),
      };
      parts.unshift(
        await keepRunning({
          name: 'Temporal server',
          start: (start) => startDevServer({ ...settings, ...start }),
          onChange: (temporal) => change({ temporal }),
          log,
          signal,
        }),
      );
    }
    const settings = {
      env,
      home,
      embedded: server !== undefined,
      log: inService('worker.log'),
      program: options.worker,
    };
    parts.unshift(
      await keepRunning({
        name: 'worker',
        start: (start) => startWorker(settings, start),
        onChange: (worker) => change({ worker }),
        log,
        signal,
      }),
    );
    change({ phase: 'ready' });
    options.onReady();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } finally {
    clearInterval(mending);
    stopShortening();
    change({ phase: 'stopping' });
    for (const part of parts) await part.stop();
  }
}

const NOT_STARTED: Part = { process: null, up: false, restarts: 0, trouble: null };

type Where = Pick<ServiceRecord, 'address' | 'namespace' | 'webUrl'> & {
  readonly embedded?: boolean;
};

function newRecord(server: Where | undefined): ServiceRecord {
  const service = identify(process.pid);
  if (!server || !service) throw new Error('a service needs a Temporal server and a process');
  const { address, namespace, webUrl, embedded = true } = server;
  return {
    phase: 'starting',
    startedAt: new Date().toISOString(),
    service,
    embedded,
    address,
    namespace,
    ...(webUrl !== undefined && { webUrl }),
    temporal: NOT_STARTED,
    worker: NOT_STARTED,
  };
}
