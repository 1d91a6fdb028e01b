import type { Home } from '../state/home.ts';
import { findTemporalCli } from '../temporal/cli.ts';
import { externalServer } from '../temporal/connect.ts';
import { type RequestedPorts, requestedPorts } from './ports.ts';
import type { ServiceSettings } from './run-service.ts';

export interface UpOptions extends RequestedPorts {
  readonly env: NodeJS.ProcessEnv;
  readonly home: Home;
  /** Told, in one line each, what is going on. */
  readonly report: (line: string) => void;
  /** The worker's program, when it isn't Coppice's own. */
  readonly worker?: string;
}

/**
 * What the service must be told: found out before it starts, where a person sees why it takes a while.
 * @throws ServiceError NoTemporalCli, BadServerConfig
 */
export async function serviceSettings(options: UpOptions): Promise<ServiceSettings> {
  const { env, home, worker } = options;
  const cli = externalServer(env, home) ? undefined : await findTemporalCli(options);
  return { ports: requestedPorts(options, env), cli, worker };
}
