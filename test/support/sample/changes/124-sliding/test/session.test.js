import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REFRESH_WINDOW_MINUTES, refresh } from '../src/auth/session.js';
import { issueToken, TOKEN_LIFETIME } from '../src/auth/tokens.js';

const token = issueToken('ada', 0);
const windowStart = TOKEN_LIFETIME - REFRESH_WINDOW_MINUTES * 60_000;

test('a token used within the window is replaced', () => {
  assert.equal(refresh(token, windowStart - 1), token);
  assert.equal(refresh(token, windowStart).expiresAt, windowStart + TOKEN_LIFETIME);
});

test('an expired token is not', () => {
  assert.equal(refresh(token, TOKEN_LIFETIME), undefined);
});
