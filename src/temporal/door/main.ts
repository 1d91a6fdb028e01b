/**
 * The Temporal server's process: the server itself, in a network of its own where this host can make one, and the doors through
 * which its owner's programs reach it. Its argument is {@link DoorSettings} as JSON, its working directory the one with the
 * server's files. Signals end it gently; when it is killed the server ends with it.
 */
import { spawn } from 'node:child_process';
import type { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from '../port.ts';
import { ensureCredentials, readSecret } from './credentials.ts';
import type { Inner } from './inner.ts';
import { hasOwnNetwork, inOwnNetwork } from './own-network.ts';
import { serverDoor } from './server-door.ts';
import { webDoor } from './web-door.ts';

export interface DoorSettings {
  /** Path of the Temporal CLI. */
  readonly cli: string;
  /** Arguments of the server but for its address. */
  readonly arguments: readonly string[];
  readonly namespace: string;
  /** Of loopback, for the doors. */
  readonly port: number;
  readonly uiPort: number;
}

const HOST = '127.0.0.1';
const SERVER = fileURLToPath(new URL('./server.sh', import.meta.url));

const settings: DoorSettings = JSON.parse(process.argv[2] ?? '');
const address = `${HOST}:${settings.port}`;
const directory = process.cwd();
const credentials = await ensureCredentials(directory, { address, namespace: settings.namespace });
const secret = readSecret(directory) ?? '';

const alone = hasOwnNetwork(process.env);
if (!alone) console.log('no network of its own: other users of this machine reach the server');
const [port, uiPort] = alone ? [7233, 8233] : [await freePort(), await freePort()];
const server = spawn(
  ...inOwnNetwork(alone, [
    ...['sh', SERVER, alone ? 'yes' : 'no', settings.cli, 'server', 'start-dev'],
    ...['--ip', HOST, '--port', String(port), '--ui-port', String(uiPort)],
    ...settings.arguments,
  ]),
  { stdio: ['pipe', 'inherit', 'inherit'] },
);
server.on('error', (error) => {
  console.error(`Error: the Temporal server can't be started: ${error.message}`);
  process.exit(1);
});
server.on('exit', (code) => process.exit(code ?? 1));
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  process.on(name, () => server.stdin.end());

const inner = (path: string, raw: number): Inner => (alone ? { path } : { host: HOST, port: raw });
await listen(serverDoor(credentials, inner('server.sock', port)), settings.port);
const web = { inner: inner('web-ui.sock', uiPort), port: settings.uiPort, secret };
await listen(webDoor(web), settings.uiPort);

function listen(door: Server, on: number): Promise<void> {
  return new Promise((resolve, reject) => {
    door.once('error', reject);
    door.listen(on, HOST, resolve);
  });
}
