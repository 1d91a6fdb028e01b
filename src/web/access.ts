import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { isValidToken, makeToken } from '../temporal/door/web-login.ts';

/** Who may use the board: a browser of this machine that was logged in with a link of `coppice board`. */
export interface Access {
  /** Of the server on loopback. Browsers send cookies to every port of a host, so the cookie's name has it. */
  readonly port: number;
  readonly secret: string;
}

const cookieName = (port: number): string => `coppice_board_${port}`;

/** How long a browser stays logged in, in seconds: 30 days. */
const STAY = 30 * 24 * 3_600;

/**
 * Refuses other names than this host's own, so that a page of the internet whose name leads here (DNS rebinding) reads
 * nothing, and requests of other sites, by Origin. What changes something must name its origin.
 */
export const ownOriginOnly =
  ({ port }: Pick<Access, 'port'>): MiddlewareHandler =>
  async (context, next) => {
    const host = context.req.header('host') ?? '';
    const origin = context.req.header('origin');
    if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(host))
      return context.json({ error: `This is not ${host.slice(0, 100)}.` }, 403);
    const own = origin === `http://${host}`;
    if (origin !== undefined && !own)
      return context.json({ error: 'Another site may not use the board.' }, 403);
    if (!own && !['GET', 'HEAD'].includes(context.req.method))
      return context.json({ error: 'A request that changes something must name its origin.' }, 403);
    return next();
  };

/** Answers 401 to a browser that is not logged in. */
export const loggedInOnly =
  ({ port, secret }: Access): MiddlewareHandler =>
  async (context, next) => {
    if (!isValidToken(secret, 'browser', getCookie(context, cookieName(port)) ?? ''))
      return context.json({ error: 'This browser is not logged in: run `coppice board`.' }, 401);
    return next();
  };

/** Takes the token of a link, and gives a cookie for it that scripts can't read. */
export const logIn =
  ({ port, secret }: Access): MiddlewareHandler =>
  async (context) => {
    const token = (await context.req.text()).slice(0, 200);
    if (!isValidToken(secret, 'link', token))
      return context.json({ error: 'This link is too old: run `coppice board` again.' }, 403);
    setCookie(context, cookieName(port), makeToken(secret, 'browser'), {
      ...{ path: '/', httpOnly: true, sameSite: 'Strict', maxAge: STAY },
    });
    return context.body(null, 204);
  };

/** A link that logs a browser in. What logs in stands behind the `#`, which browsers send to no server. */
export const boardLink = ({ port, secret }: Access): string =>
  `http://127.0.0.1:${port}/#token=${makeToken(secret, 'link')}`;
