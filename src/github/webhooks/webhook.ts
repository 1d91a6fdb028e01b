import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks';
import { RepositoryName } from '../../domain/shared/repository.ts';

export interface WebhookOptions {
  readonly host: string;
  /** The port to listen on; 0 for any free port. */
  readonly port: number;
  /** The secret with which GitHub signs events. */
  readonly secret: string;
  /** Called with the repository of each event with a valid signature. */
  onEvent(repository: RepositoryName): void;
  /** Logs a line for a person. */
  log(line: string): void;
}

export interface WebhookReceiver {
  /** The URL at which it listens. */
  readonly url: string;
  close(): Promise<void>;
}

const PATH = '/webhook';

/** The largest body that is accepted, in bytes: GitHub sends at most 25 MB. */
const MAX_BODY = 25 * 1024 * 1024;

/**
 * Receives GitHub's webhooks. Only the name of the repository is used, to read its state soon. The rest of an
 * event is ignored.
 */
export async function receiveWebhooks(options: WebhookOptions): Promise<WebhookReceiver> {
  const { host, port, secret, onEvent, log } = options;
  const webhooks = new Webhooks({ secret });
  webhooks.onAny(({ payload }) => {
    const named = 'repository' in payload ? payload.repository?.full_name : undefined;
    const { data: repository } = RepositoryName.safeParse(named);
    if (repository) onEvent(repository);
  });
  let hasRefused = false;
  const refused = () => {
    if (!hasRefused)
      log(
        'A webhook was refused: its signature does not match GITHUB_WEBHOOK_SECRET. Further refusals are not logged',
      );
    hasRefused = true;
  };
  const silent = () => undefined;
  const handle = createNodeMiddleware(webhooks, {
    path: PATH,
    log: { debug: silent, info: silent, warn: silent, error: refused },
  });
  const server = createServer(async (request, response) => {
    const status = refusal(request);
    if (status !== undefined) response.writeHead(status, { connection: 'close' }).end();
    else if (!(await handle(request, response))) response.writeHead(404).end();
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { address, port: bound, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}${PATH}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * The status with which a request is refused before its body is read; undefined when it is accepted. The body
 * must be read before its signature can be checked, so its length must be known and limited.
 */
function refusal({ headers, method }: IncomingMessage): number | undefined {
  if (method !== 'POST') return undefined;
  const length = Number(headers['content-length']);
  if (!Number.isInteger(length)) return 411;
  return length > MAX_BODY ? 413 : undefined;
}
