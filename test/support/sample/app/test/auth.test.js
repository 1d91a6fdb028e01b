import assert from 'node:assert/strict';
import { test } from 'node:test';
import { login, register } from '../src/auth/service.js';
import { isValid, TOKEN_LIFETIME } from '../src/auth/tokens.js';

const users = new Map();
register(users, 'ada', 'correct horse');

test('a login gives a token that is valid for an hour', () => {
  const token = login(users, 'ada', 'correct horse', 0);
  assert.equal(token.user, 'ada');
  assert.ok(isValid(token, TOKEN_LIFETIME - 1));
  assert.ok(!isValid(token, TOKEN_LIFETIME));
});

test('a wrong password or name gives none', () => {
  assert.equal(login(users, 'ada', 'battery staple', 0), undefined);
  assert.equal(login(users, 'bob', 'correct horse', 0), undefined);
});
