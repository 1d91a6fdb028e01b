import type { Client } from '@temporalio/client';
import type { Home } from '../../state/home.ts';
import type { Server } from '../../temporal/connect.ts';

/** What every call needs: the connection to the server, and this host's state directory. */
export interface Connected {
  readonly client: Client;
  readonly server: Server;
  readonly home: Home;
}
