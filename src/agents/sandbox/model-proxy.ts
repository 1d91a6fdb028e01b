import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { proxiedAgent } from '../../process/proxied-fetch.ts';
import type { ModelAccess } from './needs.ts';

/** One request that reached the proxy. */
export interface ModelRequest {
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** The host and path of the request, without the query. */
  readonly to: string;
  /** The HTTP status of the answer; 403 when the proxy refused the request. */
  readonly status: number;
}

interface ModelProxy {
  readonly port: number;
  /**
   * Environment variables that replace the person's: the address of the proxy, and a placeholder for the key,
   * which no other server accepts.
   */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The end of every placeholder. It is always the same, because Claude Code asks the person about each key
 * with a different end.
 */
const ENDING = 'kept-outside-by-coppice';

/** Headers that belong to one connection, or that would identify the client. They are not forwarded. */
const OWN = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|expect)$/;

/**
 * Starts a proxy between an agent and its model, on the loopback interface. The agent's requests have a
 * placeholder instead of a key. The proxy puts the person's key in its place, and sends the requests to the
 * one host for which the key is. Requests without the placeholder are refused.
 */
export async function startModelProxy(
  { base, baseVariable, keys }: ModelAccess,
  env: NodeJS.ProcessEnv,
  onAsked: (asked: ModelRequest) => void,
): Promise<ModelProxy> {
  const placeholder = `sk-ant-${randomBytes(24).toString('hex')}-${ENDING}`;
  const present = keys.filter(({ variable }) => env[variable]);
  const headers = Object.fromEntries(
    present.map(({ variable, header, scheme }) => [header, `${scheme}${env[variable]}`]),
  );
  const expected = present.map(
    ({ header, scheme }) => [header, `${scheme}${placeholder}`] as const,
  );
  const secret = new Set(['x-api-key', 'authorization', ...Object.keys(headers)]);
  const dispatcher = (await proxiedAgent(env)) ?? new Agent({ headersTimeout: 0, bodyTimeout: 0 });

  const server = createServer((asked, answer) => {
    const url = target(base, asked.url ?? '/');
    const tell = (status: number) =>
      onAsked({
        at: new Date().toISOString(),
        method: asked.method ?? '',
        to: url ? `${url.host}${url.pathname}` : (asked.url ?? ''),
        status,
      });
    if (!url || !expected.some(([header, value]) => isSame(asked.headers[header], value))) {
      tell(403);
      answer.writeHead(403, { 'content-type': 'application/json' });
      answer.end(
        JSON.stringify({
          type: 'error',
          error: { type: 'permission_error', message: 'Coppice lets no other key reach the model' },
        }),
      );
      return;
    }
    forward(asked, answer, url, { ...kept(asked, secret), ...headers }, dispatcher).then(
      tell,
      () => {
        tell(502);
        if (!answer.headersSent) answer.writeHead(502);
        answer.end();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    port,
    variables: {
      [baseVariable]: `http://127.0.0.1:${port}`,
      ...Object.fromEntries(present.map(({ variable }) => [variable, placeholder])),
    },
  };
}

/**
 * The URL of a request at the model; undefined when it is not a path, but for example the address of another
 * host.
 */
function target(base: string, path: string): URL | undefined {
  if (!path.startsWith('/')) return undefined;
  const url = new URL(base);
  const [pathname = '', query] = path.split('?', 2);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${pathname}`;
  url.search = query ?? '';
  return url;
}

function isSame(given: string | string[] | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(`${given}`), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function kept({ headers }: IncomingMessage, secret: ReadonlySet<string>) {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OWN.test(name) && !secret.has(name)),
  );
}

async function forward(
  asked: IncomingMessage,
  answer: ServerResponse,
  url: URL,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  dispatcher: Dispatcher,
): Promise<number> {
  const method = (asked.method ?? 'GET') as Dispatcher.HttpMethod;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const gone = new AbortController();
  answer.once('close', () => gone.abort());
  const got = await request(url, {
    ...{ method, headers, dispatcher, signal: gone.signal, headersTimeout: 0, bodyTimeout: 0 },
    ...(hasBody && { body: asked }),
  });
  const back = Object.entries(got.headers).filter(([name]) => !OWN.test(name));
  answer.writeHead(got.statusCode, Object.fromEntries(back));
  await pipeline(got.body, answer);
  return got.statusCode;
}
