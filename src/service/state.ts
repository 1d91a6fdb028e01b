import { isRunning } from '../process/identity.ts';
import type { Home } from '../state/home.ts';
import { type Part, readServiceRecord, type ServiceRecord } from '../state/service-record.ts';
import { credentialFiles } from '../temporal/door/credentials.ts';

/** The service as `coppice up` and `coppice doctor` show it. */
export interface ServiceState {
  /** The Temporal server's, `host:port`. */
  readonly address: string;
  readonly namespace: string;
  readonly webUrl?: string;
  /** Configuration file with which Temporal's own CLI reaches the embedded server. */
  readonly profile?: string;
  /** False when the Temporal server was not started by Coppice. */
  readonly embedded: boolean;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Process ids; a part that is down has none. */
  readonly pids: { readonly service: number; readonly temporal?: number; readonly worker?: number };
  /** Whether server and worker are up at this moment. */
  readonly healthy: boolean;
  /** One line for each part that is down, or that had to be started again. */
  readonly troubles: readonly string[];
}

/** This host's service. @returns undefined when none runs */
export function serviceState(home: Home): ServiceState | undefined {
  const record = runningService(home);
  if (!record) return undefined;
  const { profile } = credentialFiles(home.temporal);
  return { ...describe(record), ...(record.embedded && { profile }) };
}

/** The record of the running service. Undefined when none runs, even if the server or worker of a killed one still run. */
export function runningService(home: Home): ServiceRecord | undefined {
  const record = readServiceRecord(home);
  return record && isRunning(record.service) ? record : undefined;
}

function describe(record: ServiceRecord): ServiceState {
  const { address, namespace, webUrl, embedded, startedAt, service, temporal, worker } = record;
  const pid = { temporal: pidOf(temporal), worker: pidOf(worker) };
  return {
    address,
    namespace,
    ...(webUrl !== undefined && { webUrl }),
    embedded,
    startedAt,
    pids: {
      service: service.pid,
      ...(pid.temporal !== undefined && { temporal: pid.temporal }),
      ...(pid.worker !== undefined && { worker: pid.worker }),
    },
    healthy: pid.worker !== undefined && (pid.temporal !== undefined || !embedded),
    troubles: [...troubleOf('Temporal server', temporal), ...troubleOf('worker', worker)],
  };
}

const pidOf = ({ up, process }: Part): number | undefined =>
  up && process && isRunning(process) ? process.pid : undefined;

function troubleOf(name: string, { up, restarts, trouble }: Part): string[] {
  if (trouble === null) return [];
  const times = restarts === 1 ? 'once' : `${restarts} times`;
  return [
    up ? `the ${name} ${trouble} and was started again (${times})` : `the ${name} ${trouble}`,
  ];
}
