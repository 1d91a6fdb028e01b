import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { issueToken } from './tokens.js';

export function register(users, name, password) {
  const salt = randomBytes(16);
  users.set(name, { name, salt, hash: scryptSync(password, salt, 32, { N: 1024 }) });
}

/** @returns a token, or undefined when the name or the password is wrong */
export function login(users, name, password, now) {
  const user = users.get(name);
  if (!user) return undefined;
  const hash = scryptSync(password, user.salt, 32, { N: 1024 });
  if (!timingSafeEqual(hash, user.hash)) return undefined;
  return issueToken(user.name, now);
}
