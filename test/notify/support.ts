import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { NotificationEvent } from '../../src/domain/notification.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that keeps what it is sent, and answers with what `answer` says; null is no answer at all. */
export async function receiver(answer: (count: number) => number | null = () => 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => {
      body += data;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      const status = answer(received.length);
      if (status !== null) response.writeHead(status).end('no');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, received };
}

export const event = (
  key: string,
  changes: Partial<NotificationEvent> = {},
): NotificationEvent => ({
  ...{
    key,
    kind: 'stuck',
    at: new Date().toISOString(),
    repository: RepositoryName.parse('acme/app'),
  },
  ...{ issue: 124, title: '#124 is stuck', text: 'Which?', url: null, question: null },
  ...changes,
});

export const QUESTION: NonNullable<NotificationEvent['question']> = {
  decision: 'Which <!channel> one?',
  options: [
    {
      ...{ number: 1, label: 'a map', consequence: 'it is faster', recommended: true },
      command: 'coppice guide 124 --option 1',
    },
    { number: 2, label: 'wait', consequence: '', recommended: false, command: null },
  ],
  command: 'coppice guide 124 --option 1',
};
