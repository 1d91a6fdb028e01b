import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refresh } from '../src/auth/session.js';
import { issueToken, TOKEN_LIFETIME } from '../src/auth/tokens.js';

test('a token ends when it was issued to end, however much it is used', () => {
  const token = issueToken('ada', 0);
  assert.equal(refresh(token, TOKEN_LIFETIME - 1), token);
  assert.equal(refresh(token, TOKEN_LIFETIME), undefined);
});
