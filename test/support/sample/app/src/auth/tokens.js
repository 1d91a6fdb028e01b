/** How long a token is valid, in milliseconds. */
export const TOKEN_LIFETIME = 60 * 60_000;

export const issueToken = (user, now) => ({ user, expiresAt: now + TOKEN_LIFETIME });

export const isValid = (token, now) => now < token.expiresAt;
