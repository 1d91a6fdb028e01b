import type { Client } from '@temporalio/client';
import type { Home } from '../state/home.ts';
import type { Server } from '../temporal/connect.ts';

/** What every call needs: where the server is, and what this host remembers. */
export interface Connected {
  readonly client: Client;
  readonly server: Server;
  readonly home: Home;
}
