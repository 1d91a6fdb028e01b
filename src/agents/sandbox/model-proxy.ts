import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { proxiedAgent } from '../../process/proxied-fetch.ts';
import type { ModelAccess } from './needs.ts';

/** One request that reached the proxy. */
export interface Asked {
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** Where it went: host and path, without the query. */
  readonly to: string;
  /** Of the answer; 403 when it was refused here. */
  readonly status: number;
}

interface ModelProxy {
  readonly port: number;
  /** In place of the person's: where the model is, and a key that counts nowhere else. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The end that all placeholders share: Claude Code asks its person about each key that ends differently. */
const ENDING = 'kept-outside-by-coppice';

/** Headers that are of one connection, and those that would tell who asks. */
const OWN = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|expect)$/;

/**
 * Stands between an agent and its model, on loopback: puts the person's key on the agent's requests, which have a
 * placeholder, and sends them to the one host that the key is for. Whoever comes without the placeholder is refused.
 */
export async function startModelProxy(
  { base, baseVariable, keys }: ModelAccess,
  env: NodeJS.ProcessEnv,
  onAsked: (asked: Asked) => void,
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

/** Undefined for what is no path of the model's, such as the address of another host. */
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
