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

/** A Temporal server and a namespace on it. */
export interface Server {
  /** `host:port` */
  readonly address: string;
  readonly namespace: string;
  /** Whether it is the server that `coppice up` runs on this host. */
  readonly embedded: boolean;
  /** The address of its Web UI without a trailing slash, if known. */
  readonly webUrl?: string;
  /** Address, TLS settings and credentials. They must not be printed. */
  readonly connectionOptions: ConnectionSettings;
}

type ConnectionSettings = Pick<NativeConnectionOptions, 'address' | 'tls' | 'apiKey' | 'metadata'>;

const DEFAULT_NAMESPACE = 'default';

/**
 * The server that the environment names (by `TEMPORAL_ADDRESS` and related variables, a profile, or Temporal's configuration file);
 * otherwise the server of this host's `coppice up`.
 * @returns undefined when there is neither
 * @throws ServiceError BadServerConfig
 */
export async function resolveServer(
  env: NodeJS.ProcessEnv,
  home: Home,
): Promise<Server | undefined> {
  const record = readServiceRecord(home);
  const service = record && isRunning(record.service) ? record : undefined;
  // `up` starts its worker while its own record still says `starting`, so that worker finds the server by the profile.
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

/** The server that the environment names, unless it is the embedded one. @throws ServiceError BadServerConfig */
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
    // Only the first line is shown, because the next ones quote the file, which may contain a key.
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new ServiceError('BadServerConfig', `Temporal's client configuration: ${reason}`);
  }
}

/** Removes keys whose value is undefined, because the SDK treats such keys as settings. */
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
 * Without this limit a channel waits up to two minutes between two attempts to reconnect, so a merge would be noticed two minutes
 * late after an outage. In milliseconds.
 */
const CHANNEL = { 'grpc.max_reconnect_backoff_ms': 5_000 };

/** Connects a client. @throws Error when the server does not answer within some seconds */
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

/** Opens a worker's connection, which the caller closes. @throws Error when the server does not answer within some seconds */
export async function connectWorker({ connectionOptions }: Server): Promise<NativeConnection> {
  // The worker's native library takes a while to load, and commands that only read do not need it.
  const worker = await import('@temporalio/worker');
  const proxy = proxyTo(connectionOptions.address ?? '');
  return worker.NativeConnection.connect({ ...connectionOptions, ...(proxy && { proxy }) });
}

/** The proxy for a worker's connection. The client's library reads the proxy variables itself, the worker's does not. Exported for its test. */
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
