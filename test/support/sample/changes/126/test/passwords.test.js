import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword, matchesPassword } from '../src/auth/passwords.js';

test('a password matches its own hash only, and equal passwords have different hashes', () => {
  const stored = hashPassword('correct horse');
  assert.ok(matchesPassword('correct horse', stored));
  assert.ok(!matchesPassword('battery staple', stored));
  assert.notDeepEqual(hashPassword('correct horse').hash, stored.hash);
});
