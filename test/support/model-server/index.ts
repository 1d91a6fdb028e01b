import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { type Api, faulty } from './faults.ts';
import { askedByMessages, MessagesRequest, messagesAnswer } from './messages-api.ts';
import { askedByResponses, ResponsesRequest, responsesAnswer } from './responses-api.ts';
import type { Asked, Reply, Scenario } from './scenario.ts';

interface ModelServer {
  /** `http://127.0.0.1:<port>`: `/v1/messages` and `/v1/responses` below it. */
  readonly url: string;
  /** What was asked so far, by agents at work. */
  readonly asked: readonly Asked[];
  /** The `Authorization` of each request for OpenAI's API. */
  readonly authorizations: readonly (string | undefined)[];
  /** What it was asked and doesn't know: method and path. */
  readonly unknown: readonly string[];
  close(): Promise<void>;
}

/** A model on a loopback port that follows a script, for agents that speak Anthropic's or OpenAI's API. */
export async function startModelServer(scenario: Scenario): Promise<ModelServer> {
  const asked: Asked[] = [];
  const authorizations: (string | undefined)[] = [];
  const unknown: string[] = [];

  /** Requests without tools are an agent's own chores, such as a title for the conversation. */
  const decide = (request: Asked): Reply => {
    if (Object.keys(request.tools).length === 0) return { text: 'A title' };
    asked.push(request);
    return scenario(request);
  };

  const app = new Hono();
  app.post('/v1/messages', async (context) => {
    const request = MessagesRequest.parse(await context.req.json());
    const reply = decide(askedByMessages(request));
    return 'fault' in reply ? fail(reply, 'messages', context) : messagesAnswer(request, reply);
  });
  app.post('/v1/messages/count_tokens', (context) => context.json({ input_tokens: 10 }));
  app.post('/v1/responses', async (context) => {
    authorizations.push(context.req.header('authorization'));
    const request = ResponsesRequest.parse(await context.req.json());
    const reply = decide(askedByResponses(request));
    return 'fault' in reply ? fail(reply, 'responses', context) : responsesAnswer(request, reply);
  });
  app.notFound((context) => {
    unknown.push(`${context.req.method} ${context.req.path}`);
    return context.json({ error: { type: 'not_found_error', message: 'not found' } }, 404);
  });

  const server = createServer(getRequestListener(app.fetch));
  // Codex asks for a WebSocket first; told so, it is content with HTTP.
  server.on('upgrade', (_, socket) =>
    socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorizations,
    unknown,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const fail = (fault: Extract<Reply, { fault: string }>, api: Api, { req }: Context) =>
  faulty(fault, api, req.raw.signal);
