import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

const derive = (password, salt) => scryptSync(password, salt, 32, { N: 1024 });

/** What is stored instead of a password. */
export function hashPassword(password) {
  const salt = randomBytes(16);
  return { salt, hash: derive(password, salt) };
}

export const matchesPassword = (password, { salt, hash }) =>
  timingSafeEqual(derive(password, salt), hash);
