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

/** How long ended workflows are kept; the server's own default is one day. */
const RETENTION = '30 days';

/** How long the server may take to answer, and to end after it was asked to. In milliseconds. */
const START_LIMIT = 90_000;
const STOP_LIMIT = 15_000;

export interface DevServerOptions {
  /** Path of the Temporal CLI. */
  readonly cli: string;
  /** Path of the SQLite file, which is created if it does not exist. */
  readonly database: string;
  /** Whether the file must have content, because it was used before. */
  readonly isUsed?: boolean;
  readonly port: number;
  readonly uiPort: number;
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  /** Environment variables by which its processes are found again. */
  readonly marks?: Marks;
  /** Is called as soon as the process exists, which is long before the server answers. */
  readonly onSpawn: (process: ProcessIdentity) => void;
  /** Aborts the start and ends the process. */
  readonly signal: AbortSignal;
}

export interface DevServer {
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** The addresses of a dev server on these ports. */
export const devServerAddress = ({ port, uiPort }: { port: number; uiPort: number }) => ({
  address: `${HOST}:${port}`,
  namespace: NAMESPACE,
  webUrl: `http://${HOST}:${uiPort}`,
});

/**
 * Starts Temporal's development server on loopback, with all data in one SQLite file. Returns when the server answers and its
 * namespace has the retention and the search attributes.
 * @throws ServiceError PortTaken, DiskFull, CorruptDatabase, StartFailed
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  // The ports are checked first, so that another Temporal server on them is not taken for this one.
  await checkPort(options.port, '--port or COPPICE_TEMPORAL_PORT');
  await checkPort(options.uiPort, '--ui-port or COPPICE_UI_PORT');
  await checkDatabase(options.database, options.isUsed ?? false);
  const { marks } = options;
  // A killed service may have left a server running, and two servers must not use one database.
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
    // These settings are twice as fast as SQLite's defaults. A power cut may lose the last moments, a killed process loses nothing.
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
    // The HTTP API accepts requests of any web page, so no host name is allowed by which it could be called.
    ...['--dynamic-config-value', 'frontend.httpAllowedHosts=["nobody.invalid"]'],
    ...searchAttributeArguments().flatMap((argument) => ['--search-attribute', argument]),
  ],
});

/** Waits until the server answers, and sets up its namespace. */
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
        // The server answers within half a second, but gRPC would try again only after one second.
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

/** Rejects when `signal` aborts before `over` does. */
const aborted = (signal: AbortSignal, over: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over });
  });
