import { dirname, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { ProcessIdentity } from '../process/identity.ts';
import { spawnLogged } from '../process/logged-child.ts';
import { type Marks, startedWith } from '../process/members.ts';
import { stopAll } from '../process/stop.ts';
import { checkDatabase } from './database-check.ts';
import { startFailure } from './dev-server-failure.ts';
import { clientTls } from './door/client-tls.ts';
import type { DoorSettings } from './door/main.ts';
import { checkPort } from './port.ts';
import { ensureSearchAttributes, searchAttributeArguments } from './search-attributes.ts';
import { ServiceError } from './service-error.ts';

const MAIN = join(import.meta.dirname, 'door', `main${extname(import.meta.filename)}`);

const HOST = '127.0.0.1';
const NAMESPACE = 'default';

/** How long ended workflows stay readable; the server's own default is a day. */
const RETENTION = '30 days';

/** How long the server may take to answer, and to end when asked; in milliseconds. */
const START_LIMIT = 90_000;
const STOP_LIMIT = 15_000;

export interface DevServerOptions {
  /** Path of the Temporal CLI. */
  readonly cli: string;
  /** Path of the SQLite file; made when it isn't there. */
  readonly database: string;
  /** Whether the file must hold something: it was served before. */
  readonly isUsed?: boolean;
  readonly port: number;
  readonly uiPort: number;
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  /** Variables by which its process is found again. */
  readonly marks?: Marks;
  /** Called as soon as there is a process, long before it answers. */
  readonly onSpawn: (process: ProcessIdentity) => void;
  /** Ends the start, and the process with it. */
  readonly signal: AbortSignal;
}

export interface DevServer {
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Where a dev server on these ports is found. */
export const devServerAddress = ({ port, uiPort }: { port: number; uiPort: number }) => ({
  address: `${HOST}:${port}`,
  namespace: NAMESPACE,
  webUrl: `http://${HOST}:${uiPort}`,
});

/**
 * Starts Temporal's development server on loopback with everything in one SQLite file, and returns when it answers and
 * knows retention and search attributes.
 * @throws ServiceError PortTaken, DiskFull, CorruptDatabase, StartFailed
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  // Looked at first, lest another Temporal server there be taken for ours.
  await checkPort(options.port, '--port or COPPICE_TEMPORAL_PORT');
  await checkPort(options.uiPort, '--ui-port or COPPICE_UI_PORT');
  await checkDatabase(options.database, options.isUsed ?? false);
  const { marks } = options;
  // Whoever kept the one before may have been killed: two servers must not share a database.
  if (marks) await stopAll(() => startedWith(marks), STOP_LIMIT);
  const { PATH, HOME, TMPDIR } = options.env;
  const child = spawnLogged(process.execPath, [MAIN, JSON.stringify(doorSettings(options))], {
    log: options.log,
    env: { PATH, HOME, TMPDIR, ...marks },
    cwd: dirname(options.database),
  });
  options.onSpawn(child.identity);

  const over = new AbortController();
  const failed = child.ended.then((how) => {
    throw startFailure(child.output(), how, options);
  });
  try {
    await Promise.race([
      prepare(options, over.signal),
      failed,
      aborted(options.signal, over.signal),
    ]);
  } catch (error) {
    await child.stop(STOP_LIMIT);
    throw error;
  } finally {
    over.abort();
  }
  return { ended: child.ended, stop: () => child.stop(STOP_LIMIT) };
}

const doorSettings = ({ cli, database, port, uiPort }: DevServerOptions): DoorSettings => ({
  ...{ cli, port, uiPort, namespace: NAMESPACE },
  arguments: [
    ...['--db-filename', database, '--ui-disable-news-fetch'],
    // Twice as fast as SQLite's defaults; a power cut may cost the last moments, a killed process nothing.
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
    // The HTTP API answers any web page: it is left without a name by which it could be called.
    ...['--dynamic-config-value', 'frontend.httpAllowedHosts=["nobody.invalid"]'],
    ...searchAttributeArguments().flatMap((argument) => ['--search-attribute', argument]),
  ],
});

/** Waits until the server answers, and gives the namespace what it must have. */
async function prepare(options: DevServerOptions, over: AbortSignal): Promise<void> {
  const connection = await connect(options, over);
  try {
    await connection.workflowService.updateNamespace({
      namespace: NAMESPACE,
      config: { workflowExecutionRetentionTtl: msToTs(RETENTION) },
    });
    await ensureSearchAttributes(connection, NAMESPACE);
  } finally {
    await connection.close();
  }
}

async function connect(options: DevServerOptions, over: AbortSignal): Promise<Connection> {
  const { address } = devServerAddress(options);
  const deadline = Date.now() + START_LIMIT;
  for (;;) {
    try {
      const connection = await Connection.connect({
        address,
        ...clientTls(dirname(options.database)),
        connectTimeout: '2s',
        // It answers within half a second; gRPC would look again after a whole one.
        channelArgs: { 'grpc.initial_reconnect_backoff_ms': 50 },
      });
      await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
      return connection;
    } catch (error) {
      over.throwIfAborted();
      if (Date.now() > deadline) throw notAnswering(options, error);
      await sleep(100);
    }
  }
}

const notAnswering = ({ log }: DevServerOptions, error: unknown): ServiceError =>
  new ServiceError(
    'StartFailed',
    `the Temporal server does not answer (${error instanceof Error ? error.message : error}): see ${log}`,
  );

/** Rejects when `signal` aborts, if that is before everything is `over`. */
const aborted = (signal: AbortSignal, over: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over });
  });
