import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Everything that reached a server that no list names, as text. */
export interface Listeners {
  readonly webPort: number;
  readonly datagramPort: number;
  /** A server that coppice.yaml lists. */
  readonly listedPort: number;
  /** This machine's address on its network; loopback's when it has none. */
  readonly machine: string;
  /** What came where nothing may come. */
  readonly log: readonly string[];
  /** What came to the listed server. */
  readonly listedLog: readonly string[];
  close(): Promise<void>;
}

const portOf = (server: { address(): string | AddressInfo | null }): number =>
  (server.address() as AddressInfo).port;

/** Servers on all addresses of this machine, and a socket in the place of the person's ssh agent. */
export async function startListeners(agentSocket: string): Promise<Listeners> {
  const log: string[] = [];
  const listedLog: string[] = [];
  const web = createServer((request, response) => {
    log.push(`${request.method} ${request.url}`);
    response.end('says-it-reached');
  }).on('connect', (request, socket) => {
    log.push(`CONNECT ${request.url}`);
    socket.end();
  });
  const listed = createServer((request, response) => {
    listedLog.push(`${request.method} ${request.url}`);
    response.end('listed');
  });
  const sockets = createSocketServer((socket) => {
    log.push('a connection to the ssh agent');
    socket.on('data', (chunk) => log.push(`ssh agent: ${chunk}`)).on('error', () => undefined);
  });
  const datagrams = createSocket('udp4', (message) => log.push(`datagram ${message}`));
  web.listen(0, '::');
  listed.listen(0, '127.0.0.1');
  sockets.listen(agentSocket);
  datagrams.bind(0);
  await Promise.all([web, listed, sockets, datagrams].map((one) => once(one, 'listening')));
  return {
    ...{ webPort: portOf(web), listedPort: portOf(listed), datagramPort: datagrams.address().port },
    machine:
      Object.values(networkInterfaces())
        .flat()
        .find((one) => one && !one.internal && one.family === 'IPv4')?.address ?? '127.0.0.1',
    log,
    listedLog,
    async close() {
      web.closeAllConnections();
      listed.closeAllConnections();
      const closing = [web, listed, sockets].map((server) => once(server, 'close'));
      for (const server of [web, listed, sockets]) server.close();
      datagrams.close();
      await Promise.all(closing);
    },
  };
}
