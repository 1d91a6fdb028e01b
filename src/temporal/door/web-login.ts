import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long a link to log in is good, and how long a browser stays logged in; in milliseconds. */
const LINK = 5 * 60_000;
export const STAY = 30 * 24 * 3_600_000;

export type Purpose = 'link' | 'browser';

const LIFETIMES: Record<Purpose, number> = { link: LINK, browser: STAY };

/** A token that whoever knows the secret accepts until it expires: the time in milliseconds, and a MAC over it and its purpose. */
export function makeToken(secret: string, purpose: Purpose, now = Date.now()): string {
  const expires = now + LIFETIMES[purpose];
  return `${expires}.${mac(secret, purpose, expires).toString('base64url')}`;
}

export function isValidToken(
  secret: string,
  purpose: Purpose,
  token: string,
  now = Date.now(),
): boolean {
  const [, expires, given] = /^(\d{1,15})\.([\w-]{43})$/.exec(token) ?? [];
  if (expires === undefined || given === undefined || Number(expires) < now) return false;
  return timingSafeEqual(mac(secret, purpose, Number(expires)), Buffer.from(given, 'base64url'));
}

const mac = (secret: string, purpose: Purpose, expires: number): Buffer =>
  createHmac('sha256', secret).update(`${purpose} ${expires}`).digest();

export const LOGIN_PATH = '/coppice/login';

/**
 * A link that logs a browser in and leads to a page of the Web UI. What logs in stands behind the `#`, which browsers send to
 * no server and name to no page.
 * @param page a path with a leading slash
 */
export const loginLink = (webUrl: string, secret: string, page: string): string =>
  `${webUrl}${LOGIN_PATH}#${new URLSearchParams({ token: makeToken(secret, 'link'), page })}`;
