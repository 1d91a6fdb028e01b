import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { ServiceError } from './service-error.ts';

const HOST = '127.0.0.1';

/** A port of the loopback interface that nobody listens on now. */
export async function freePort(): Promise<number> {
  const port = await listen(0);
  if (port === undefined)
    throw new ServiceError('PortTaken', 'no free port is left on this machine');
  return port;
}

export const isFree = async (port: number): Promise<boolean> => (await listen(port)) !== undefined;

/** @throws ServiceError PortTaken, saying that `change` chooses another */
export async function checkPort(port: number, change: string): Promise<void> {
  if (await isFree(port)) return;
  throw new ServiceError(
    'PortTaken',
    `port ${port} is taken by another program: choose another with ${change} (0 is any free one)`,
  );
}

/** Listens for a moment. @returns the port, or undefined when it is taken */
function listen(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(port, HOST, () => {
      const taken = (server.address() as AddressInfo).port;
      server.close(() => resolve(taken));
    });
  });
}
