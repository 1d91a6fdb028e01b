import { issueToken, isValid } from './tokens.js';

/** Sliding expiration: a token used this shortly before its end is replaced by a new one. */
export const REFRESH_WINDOW_MINUTES = 15;

/** @returns the token to go on with, or undefined when the user must log in again */
export function refresh(token, now) {
  if (!isValid(token, now)) return undefined;
  const closing = token.expiresAt - now <= REFRESH_WINDOW_MINUTES * 60_000;
  return closing ? issueToken(token.user, now) : token;
}
