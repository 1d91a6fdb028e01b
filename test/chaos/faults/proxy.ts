import { once } from 'node:events';
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What goes wrong with a request:
 * - `reset`: its connection is dropped before GitHub has it
 * - `lose`: GitHub carries it out, and the answer is lost
 * - `late`: its connection is dropped, and GitHub carries it out some seconds later
 * - `delay`: GitHub gets it some seconds later
 * - `truncate`: the answer breaks off halfway
 * - a number: this status is answered, and GitHub never has it
 */
export type Trouble = 'reset' | 'lose' | 'late' | 'delay' | 'truncate' | 403 | 429 | 500 | 502;

/** Which requests it goes wrong with: everything, what changes something, or git's. */
export type Which = 'any' | 'write' | 'git';

export interface FaultyProxy {
  readonly url: string;
  /** Where GitHub is; known once it has started. */
  connectTo(url: string): void;
  /** Makes something go wrong with the next requests. @returns how many it has met so far */
  trouble(trouble: Trouble, which: Which, times: number): { readonly met: () => number };
  /** Lets no connection through until `heal`. */
  cut(): { readonly met: () => number; heal(): void };
  /** Ends every trouble that has met nothing. */
  clear(): void;
  /** Resolves when a request has been answered as GitHub answered it. */
  passed(): Promise<void>;
  close(): Promise<void>;
}

/** How long something late or delayed takes, in milliseconds. */
const LATE = 3_000;

/** A proxy between Coppice and GitHub, for the API and for git, which can be told to misbehave. */
export async function startProxy(): Promise<FaultyProxy> {
  let target = '';
  const armed: { trouble: Trouble; which: Which; left: number; met: number }[] = [];
  let broken: { met: number } | undefined;
  let next = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    if (broken) {
      broken.met += 1;
      request.socket.destroy();
      return;
    }
    const found = armed.find(({ which, left }) => left > 0 && isOneOf(which, request));
    if (found) {
      found.left -= 1;
      found.met += 1;
    }
    await pass(target, request, response, found?.trouble).catch(() => response.destroy());
    if (found) return;
    next.resolve();
    next = Promise.withResolvers();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connectTo(url) {
      target = url;
    },
    trouble(trouble, which, times) {
      const one = { trouble, which, left: times, met: 0 };
      armed.push(one);
      return { met: () => one.met };
    },
    cut() {
      const cut = { met: 0 };
      broken = cut;
      server.closeAllConnections();
      return {
        met: () => cut.met,
        heal: () => {
          broken = undefined;
        },
      };
    },
    clear: () => void armed.splice(0),
    passed: () => next.promise,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function isOneOf(which: Which, { method, url = '' }: IncomingMessage): boolean {
  const isGit = /\/(info\/refs|git-upload-pack|git-receive-pack)/.test(url);
  if (which === 'git') return isGit;
  const isWrite = isGit ? /git-receive-pack$/.test(url) : method !== 'GET' && url !== '/graphql';
  return which === 'any' || (isWrite && method !== 'GET');
}

async function pass(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  trouble: Trouble | undefined,
): Promise<void> {
  if (trouble === 'reset') return void request.socket.destroy();
  if (typeof trouble === 'number') return refuse(request, response, trouble);
  const body = await wholeOf(request);
  if (trouble === 'late') request.socket.destroy();
  if (trouble === 'late' || trouble === 'delay') await sleep(LATE);
  const answer = await answerOf(target, request, body);
  if (trouble === 'late') return void answer.resume();
  const text = await wholeOf(answer);
  if (trouble === 'lose') return void request.socket.destroy();
  // Whole answers have a length: where one breaks off is seen.
  const { 'transfer-encoding': _, ...headers } = answer.headers;
  response.writeHead(answer.statusCode ?? 502, {
    ...headers,
    ...(hasBody(request, answer) && { 'content-length': text.length }),
  });
  if (trouble !== 'truncate') return void response.end(text);
  response.write(text.subarray(0, text.length / 2), () => response.socket?.destroy());
}

const hasBody = ({ method }: IncomingMessage, { statusCode = 0 }: IncomingMessage): boolean =>
  method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;

async function answerOf(
  target: string,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage> {
  const { connection: _, 'transfer-encoding': __, expect: ___, ...rest } = headers;
  const options = { method, headers: { ...rest, 'content-length': body.length }, agent: false };
  const sent: ClientRequest = send(`${target}${url}`, options as object);
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return answer;
}

async function wholeOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** As GitHub says that it has too much to do. */
async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
): Promise<void> {
  await wholeOf(request);
  const isLimit = status === 403 || status === 429;
  const message = isLimit
    ? 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
    : 'Server Error';
  response
    .writeHead(status, {
      'content-type': 'application/json',
      ...(isLimit && { 'retry-after': '1' }),
    })
    .end(JSON.stringify({ message }));
}
