import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticate, register } from '../src/auth/service.js';
import { assertion } from '../src/auth/sso.js';

const users = new Map();
register(users, 'ada', 'correct horse');
const key = 'shared with the identity provider';

test('a signed assertion logs a known user in', () => {
  const credentials = { assertion: assertion('ada', key), key };
  assert.equal(authenticate(users, 'sso', credentials, 0).user, 'ada');
});

test('another key proves nothing', () => {
  const credentials = { assertion: assertion('ada', 'guessed'), key };
  assert.equal(authenticate(users, 'sso', credentials, 0), undefined);
});
