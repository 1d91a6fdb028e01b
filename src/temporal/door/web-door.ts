import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Inner } from './inner.ts';
import { foreignRequest } from './own-origin.ts';
import { isValidToken, LOGIN_PATH, makeToken, STAY } from './web-login.ts';

interface WebDoor {
  readonly inner: Inner;
  readonly port: number;
  readonly secret: string;
}

/** A token is some 60 characters long. */
const LONGEST_BODY = 1_000;

/** Passes requests of a browser that is logged in on to the Web UI. What `foreignRequest` names is refused. */
export function webDoor(door: WebDoor): Server {
  const cookie = `coppice_web_ui_${door.port}`;
  return createServer((incoming, answer) => {
    const { method, headers } = incoming;
    const refusal = foreignRequest(
      { method, host: headers.host, origin: headers.origin },
      door.port,
    );
    if (refusal !== undefined) return refuse(answer, 403, refusal);
    const { pathname } = new URL(incoming.url ?? '/', 'http://localhost');
    if (pathname === LOGIN_PATH) return logIn(incoming, answer, door.secret, cookie);
    if (!isValidToken(door.secret, 'browser', cookieOf(incoming, cookie)))
      return refuse(
        answer,
        401,
        'Log this browser in: run `coppice ui`, then load this page again.',
      );
    return passOn(incoming, answer, door.inner);
  });
}

function passOn(incoming: IncomingMessage, answer: ServerResponse, inner: Inner): void {
  const target = 'path' in inner ? { socketPath: inner.path } : inner;
  const { method, url, headers } = incoming;
  const passed = request({ ...target, method, path: url, headers }, (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
  });
  passed.on('error', () => {
    if (answer.headersSent) answer.destroy();
    else refuse(answer, 502, 'The Temporal server does not answer.');
  });
  answer.on('close', () => passed.destroy());
  incoming.pipe(passed);
}

/** The page takes the token from behind the `#` and sends it back, for which it gets a cookie that scripts can't read. */
function logIn(
  incoming: IncomingMessage,
  answer: ServerResponse,
  secret: string,
  cookie: string,
): void {
  if (incoming.method !== 'POST') {
    answer.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' });
    answer.end(LOGIN_PAGE);
    return;
  }
  let body = '';
  incoming.setEncoding('utf8').on('data', (part: string) => {
    body += part;
    if (body.length > LONGEST_BODY) incoming.destroy();
  });
  incoming.on('end', () => {
    if (!isValidToken(secret, 'link', body))
      return refuse(answer, 403, 'This link is too old: run `coppice ui` again.');
    const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${STAY / 1_000}`;
    answer.writeHead(204, {
      ...HEADERS,
      'set-cookie': `${cookie}=${makeToken(secret, 'browser')}; ${attributes}`,
    });
    answer.end();
  });
}

const cookieOf = ({ headers }: IncomingMessage, name: string): string => {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([key]) => key === name)?.[1] ?? '';
};

function refuse(answer: ServerResponse, status: number, text: string): void {
  answer.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
  answer.end(`${text}\n`);
}

/** A page begins with `/` and names no other host. */
const SCRIPT = `
const given = new URLSearchParams(location.hash.slice(1));
const page = given.get('page') ?? '/';
fetch('', { method: 'POST', body: given.get('token') ?? '' }).then(async (answer) => {
  if (answer.ok) location.replace(/^\\/(?![\\/\\\\])/.test(page) ? page : '/');
  else document.body.textContent = await answer.text();
});`;

const LOGIN_PAGE = `<!doctype html><meta charset="utf-8"><title>Coppice</title><body>Logging in …<script>${SCRIPT}</script>`;

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; connect-src 'self'; script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;
