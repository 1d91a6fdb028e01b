import { Client, Connection } from '@temporalio/client';
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import type { NativeConnection, NativeConnectionOptions } from '@temporalio/worker';
import { getProxyForUrl } from 'proxy-from-env';
import { isRunning } from '../process/identity.ts';
import type { Home } from '../state/home.ts';
import { readServiceRecord, type ServiceRecord } from '../state/service-record.ts';
import { clientTls } from './door/client-tls.ts';
import { credentialFiles } from './door/credentials.ts';
import { ServiceError } from './service-error.ts';

/** A Temporal server and the namespace on it. */
export interface Server {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  /** Whether it is the one `coppice up` runs on this host. */
  readonly embedded: boolean;
  /** Where its Web UI is, without a trailing slash, if known. */
  readonly webUrl?: string;
  /** How to reach it: address, TLS, credentials. Never to be printed. */
  readonly connectionOptions: ConnectionSettings;
}

type ConnectionSettings = Pick<NativeConnectionOptions, 'address' | 'tls' | 'apiKey' | 'metadata'>;

const DEFAULT_NAMESPACE = 'default';

/**
 * The server the environment names (`TEMPORAL_ADDRESS` and its kin, a profile, Temporal's configuration file), else the
 * one of this host's `coppice up`.
 * @returns undefined when there is neither
 * @throws ServiceError BadServerConfig
 */
export async function resolveServer(
  env: NodeJS.ProcessEnv,
  home: Home,
): Promise<Server | undefined> {
  const record = readServiceRecord(home);
  const service = record && isRunning(record.service) ? record : undefined;
  // A worker of `up` is told its server by the environment, while `up` is still starting.
  if (namesOwnProfile(env, home)) return service?.embedded ? fromRecord(service, home) : undefined;
  const named = externalServer(env, home);
  if (named)
    return service?.embedded && service.address === named.address
      ? fromRecord(service, home)
      : named;
  return service && service.phase !== 'starting' ? fromRecord(service, home) : undefined;
}

/** Whether the environment points at the profile that `coppice up` makes for Temporal's own tools. */
const namesOwnProfile = (env: NodeJS.ProcessEnv, home: Home): boolean =>
  !env.TEMPORAL_ADDRESS && env.TEMPORAL_CONFIG_FILE === credentialFiles(home.temporal).profile;

/** The server of somebody else's that the environment names, if it names one. @throws ServiceError BadServerConfig */
export function externalServer(env: NodeJS.ProcessEnv, home: Home): Server | undefined {
  if (namesOwnProfile(env, home)) return undefined;
  const { address, namespace, connectionOptions } = loadConfiguration(env);
  if (address === undefined) {
    if (!env.TEMPORAL_PROFILE) return undefined;
    throw new ServiceError(
      'BadServerConfig',
      `the Temporal profile ${env.TEMPORAL_PROFILE} names no address: add one, or set TEMPORAL_ADDRESS`,
    );
  }
  const webUrl = env.COPPICE_WEB_URL?.replace(/\/+$/, '') || cloudWebUrl(address);
  return {
    address,
    namespace: namespace ?? DEFAULT_NAMESPACE,
    embedded: false,
    ...(webUrl && { webUrl }),
    connectionOptions: present(connectionOptions),
  };
}

function loadConfiguration(env: NodeJS.ProcessEnv) {
  const overrideEnvVars = present(env) as Record<string, string>;
  try {
    const profile = loadClientConfigProfile({ overrideEnvVars });
    return { address: profile.address, ...toClientOptions(profile) };
  } catch (error) {
    // Only the first line: the next ones quote the file, which may hold a key.
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new ServiceError('BadServerConfig', `Temporal's client configuration: ${reason}`);
  }
}

/** Without the keys whose value is undefined, which the SDK takes for settings. */
function present<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}

const cloudWebUrl = (address: string): string | undefined =>
  /\.(tmprl\.cloud|api\.temporal\.io)(:\d+)?$/.test(address)
    ? 'https://cloud.temporal.io'
    : undefined;

function fromRecord({ address, namespace, embedded, webUrl }: ServiceRecord, home: Home): Server {
  return {
    address,
    namespace,
    embedded,
    ...(webUrl !== undefined && { webUrl }),
    connectionOptions: { address, ...clientTls(home.temporal) },
  };
}

export interface ConnectedClient {
  readonly client: Client;
  close(): Promise<void>;
}

/**
 * By itself a channel waits up to two minutes between two attempts, so that for as long after an outage nobody hears of a
 * merge. Milliseconds.
 */
const CHANNEL = { 'grpc.max_reconnect_backoff_ms': 5_000 };

/** @throws Error when nothing answers within some seconds */
export async function connectClient({
  namespace,
  connectionOptions,
}: Server): Promise<ConnectedClient> {
  const connection = await Connection.connect({
    ...(connectionOptions as ClientConnectionSettings),
    channelArgs: CHANNEL,
  });
  return { client: new Client({ connection, namespace }), close: () => connection.close() };
}

type ClientConnectionSettings = NonNullable<Parameters<typeof Connection.connect>[0]>;

/** A worker's connection; whoever asks for it closes it. @throws Error when nothing answers within some seconds */
export async function connectWorker({ connectionOptions }: Server): Promise<NativeConnection> {
  // The worker's native library takes a while to load, which a command that only asks should not pay.
  const worker = await import('@temporalio/worker');
  const proxy = proxyTo(connectionOptions.address ?? '');
  return worker.NativeConnection.connect({ ...connectionOptions, ...(proxy && { proxy }) });
}

/** The client's library finds a proxy in the environment by itself, the worker's is told. Exported for its test. */
export function proxyTo(address: string): NativeConnectionOptions['proxy'] {
  const found = getProxyForUrl(`https://${address}`);
  if (!/^http:/i.test(found) || !URL.canParse(found)) return undefined;
  const { host, port, username, password } = new URL(found);
  const basicAuth = {
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
  return {
    type: 'http-connect',
    targetHost: port === '' ? `${host}:80` : host,
    ...(username !== '' && { basicAuth }),
  };
}
