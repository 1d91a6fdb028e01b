import type { Home } from '../state/home.ts';
import { findTemporalCli } from '../temporal/cli.ts';
import { externalServer } from '../temporal/connect.ts';
import { type RequestedPorts, requestedPorts } from './ports.ts';
import type { ServiceSettings } from './run-service.ts';

export interface UpOptions extends RequestedPorts {
  readonly env: NodeJS.ProcessEnv;
  readonly home: Home;
  /** Called with one line for each event. */
  readonly report: (line: string) => void;
  /** The worker's program, when it isn't Coppice's own. */
  readonly worker?: string;
}

/**
 * The settings of the service. `up` finds them out before the service starts, so that a person sees why that takes a while.
 * @throws ServiceError NoTemporalCli, BadServerConfig
 */
export async function serviceSettings(options: UpOptions): Promise<ServiceSettings> {
  const { env, home, worker } = options;
  const cli = externalServer(env, home) ? undefined : await findTemporalCli(options);
  return { ports: requestedPorts(options, env), cli, worker };
}
