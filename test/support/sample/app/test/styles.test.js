import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stylesheet } from '../src/styles/theme.js';

test('the stylesheet names the colours', () => {
  assert.match(stylesheet(), /--background: #ffffff;/);
});
