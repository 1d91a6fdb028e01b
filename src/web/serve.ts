import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { writeWholeSync } from '../state/files/whole-file.ts';
import type { Home } from '../state/home.ts';
import { type Access, boardLink } from './access.ts';
import { type BoardSite, boardApp } from './board-app.ts';

export interface ServedBoard {
  /** Logs a browser in; good for some minutes. */
  readonly link: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves the board on loopback until it is closed.
 * @param port 0 means any free port
 * @throws Error with the code EADDRINUSE when another program has the port
 */
export async function serveBoard(
  site: BoardSite,
  { home, port }: { readonly home: Pick<Home, 'root'>; readonly port: number },
): Promise<ServedBoard> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const access: Access = { secret: secretOf(home), port: (server.address() as AddressInfo).port };
  server.on('request', getRequestListener(boardApp(site, access).fetch));
  return {
    link: boardLink(access),
    port: access.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Kept, so that a browser stays logged in when the board is served again. */
function secretOf({ root }: Pick<Home, 'root'>): string {
  const file = join(root, 'board.secret');
  try {
    const kept = readFileSync(file, 'utf8');
    if (/^[0-9a-f]{64}$/.test(kept)) return kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = randomBytes(32).toString('hex');
  writeWholeSync(file, made);
  return made;
}
