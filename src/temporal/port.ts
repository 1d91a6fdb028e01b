import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { ServiceError } from './service-error.ts';

const HOST = '127.0.0.1';

/**
 * The range in which free ports are searched. It lies below the ports of sessions (state/port-ranges.ts) and below the ports that
 * systems assign to outgoing connections (Linux from 32768, macOS from 49152), which could take a port before it is used.
 */
const FIRST = 12_000;
const END = 24_000;
const ATTEMPTS = 200;

/** Finds a port of the loopback interface on which nobody listens now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new ServiceError('PortTaken', 'no free port is left on this machine');
}

/** @throws ServiceError PortTaken, saying that `change` chooses another */
export async function checkPort(port: number, change: string): Promise<void> {
  if (await isFree(port)) return;
  throw new ServiceError(
    'PortTaken',
    `port ${port} is taken by another program: choose another with ${change} (0 means any free port)`,
  );
}

/** Whether a port is free. It listens on the port for a moment to find out. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}
