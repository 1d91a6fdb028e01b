import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWholeSync } from '../state/files/whole-file.ts';
import type { Home } from '../state/home.ts';
import { freePort, isFree } from '../temporal/port.ts';
import { ServiceError } from '../temporal/service-error.ts';

const DEFAULT_PORT = 7233;

/** The Web UI's port above the server's, as with Temporal's own command. */
const UI_OFFSET = 1_000;

/** Ports a person asks for: 0 means any free port, absent the default. */
export interface RequestedPorts {
  readonly port?: number;
  readonly uiPort?: number;
}

const Ports = z.object({ port: z.int(), uiPort: z.int() });
export type Ports = z.infer<typeof Ports>;

/** What flags ask for, else `COPPICE_TEMPORAL_PORT` and `COPPICE_UI_PORT`. @throws ServiceError BadServerConfig */
export function requestedPorts(flags: RequestedPorts, env: NodeJS.ProcessEnv): RequestedPorts {
  const port = flags.port ?? portVariable(env, 'COPPICE_TEMPORAL_PORT');
  const uiPort = flags.uiPort ?? portVariable(env, 'COPPICE_UI_PORT');
  return { ...(port !== undefined && { port }), ...(uiPort !== undefined && { uiPort }) };
}

function portVariable(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name];
  if (!text) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new ServiceError('BadServerConfig', `${name} is not a port: use a number from 0 to 65535`);
}

/**
 * The ports to serve on. For any free port, the port of the last time is taken if it is free, so that links and scripts
 * stay valid. A port that was asked for by number is not checked.
 */
export async function choosePorts(home: Home, requested: RequestedPorts): Promise<Ports> {
  const last = lastPorts(home);
  const { port = DEFAULT_PORT, uiPort = port === 0 ? 0 : port + UI_OFFSET } = requested;
  const chosen = await choose(port, last?.port);
  const ports = { port: chosen, uiPort: await choose(uiPort, last?.uiPort, chosen) };
  writeWholeSync(path(home), JSON.stringify(ports));
  return ports;
}

async function choose(requested: number, last: number | undefined, not?: number): Promise<number> {
  if (requested !== 0) return requested;
  if (last !== undefined && last !== not && (await isFree(last))) return last;
  for (;;) {
    const port = await freePort();
    if (port !== not) return port;
  }
}

const path = (home: Home): string => join(home.service, 'ports.json');

function lastPorts(home: Home): Ports | undefined {
  try {
    return Ports.safeParse(JSON.parse(readFileSync(path(home), 'utf8'))).data;
  } catch {
    return undefined;
  }
}
