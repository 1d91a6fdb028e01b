import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { foreignRequest } from '../temporal/door/own-origin.ts';
import { isValidToken, makeToken, STAY } from '../temporal/door/web-login.ts';

/** Who may use the board: a browser of this machine that was logged in with a link of `coppice board`. */
export interface Access {
  /** Of the server on loopback. Browsers send cookies to every port of a host, so the cookie's name has it. */
  readonly port: number;
  readonly secret: string;
}

const cookieName = (port: number): string => `coppice_board_${port}`;

/** Refuses what other sites, and pages under other names, ask for. */
export const ownOriginOnly =
  ({ port }: Pick<Access, 'port'>): MiddlewareHandler =>
  async (context, next) => {
    const { method } = context.req;
    const [host, origin] = [context.req.header('host'), context.req.header('origin')];
    const refusal = foreignRequest({ method, host, origin }, port);
    return refusal === undefined ? next() : context.json({ error: refusal }, 403);
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
      ...{ path: '/', httpOnly: true, sameSite: 'Strict', maxAge: STAY / 1_000 },
    });
    return context.body(null, 204);
  };

/** A link that logs a browser in. What logs in stands behind the `#`, which browsers send to no server. */
export const boardLink = ({ port, secret }: Access): string =>
  `http://127.0.0.1:${port}/#token=${makeToken(secret, 'link')}`;
