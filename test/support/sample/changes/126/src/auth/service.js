import { hashPassword, matchesPassword } from './passwords.js';
import { issueToken } from './tokens.js';

export const register = (users, name, password) =>
  users.set(name, { name, ...hashPassword(password) });

/** Each way to log in: from credentials to a user, or undefined when they prove nothing. */
const providers = {
  password(users, { name, password }) {
    const user = users.get(name);
    return user && matchesPassword(password, user) ? user : undefined;
  },
};

/** @returns a token, or undefined when the credentials prove nothing */
export function authenticate(users, provider, credentials, now) {
  const user = providers[provider](users, credentials);
  return user && issueToken(user.name, now);
}

export const login = (users, name, password, now) =>
  authenticate(users, 'password', { name, password }, now);
