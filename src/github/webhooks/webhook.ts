import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, Webhooks } from '@octokit/webhooks';
import { RepositoryName } from '../../domain/shared/repository.ts';

export interface WebhookOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Shared with GitHub, which signs with it. */
  readonly secret: string;
  /** Told the repository of each event that GitHub has signed. */
  onEvent(repository: RepositoryName): void;
  /** Takes a line for a person. */
  log(line: string): void;
}

export interface WebhookReceiver {
  /** Where it listens. */
  readonly url: string;
  close(): Promise<void>;
}

const PATH = '/webhook';

/** GitHub sends no more than 25 MB. */
const MAX_BODY = 25 * 1024 * 1024;

/** Takes GitHub's webhooks: what an event says is not believed, only that something happened in a repository. */
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
        'A webhook was refused: its signature does not fit GITHUB_WEBHOOK_SECRET. Others will not be told',
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

/** The body is read before its signature can be checked: it must say how long it is. */
function refusal({ headers, method }: IncomingMessage): number | undefined {
  if (method !== 'POST') return undefined;
  const length = Number(headers['content-length']);
  if (!Number.isInteger(length)) return 411;
  return length > MAX_BODY ? 413 : undefined;
}
