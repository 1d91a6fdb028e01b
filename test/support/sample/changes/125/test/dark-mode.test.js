import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThemeToggle } from '../src/components/ThemeToggle.js';
import { stylesheet } from '../src/styles/theme.js';

test('the system’s preference picks the colours, and the toggle overrides it', () => {
  assert.match(stylesheet(), /prefers-color-scheme: dark/);
  assert.match(stylesheet(), /\[data-theme="dark"\] { --background: #0d1117;/);
});

test('the toggle offers the other mode', () => {
  assert.match(ThemeToggle({ dark: true }), /Light mode/);
});
