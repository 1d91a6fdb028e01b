import { createHmac, timingSafeEqual } from 'node:crypto';

const sign = (name, key) => createHmac('sha256', key).update(name).digest();

/** What the identity provider hands over for a user: the name, signed with the shared key. */
export const assertion = (name, key) => ({ name, signature: sign(name, key).toString('hex') });

/** @returns the name an assertion proves, or undefined when its signature is not the provider's */
export function verifiedName({ name, signature }, key) {
  const given = Buffer.from(signature, 'hex');
  const expected = sign(name, key);
  return given.length === expected.length && timingSafeEqual(given, expected) ? name : undefined;
}
