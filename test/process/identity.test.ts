import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identify, isRunning } from '../../src/process/identity.ts';

test('a process is running until it ends, and its pid alone does not bring it back', async () => {
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  const identity = identify(child.pid as number);
  if (!identity) throw new Error('cat is not running');
  expect(isRunning(identity)).toBe(true);
  expect(isRunning({ ...identity, started: 'another time' })).toBe(false);
  child.stdin.end();
  await once(child, 'exit');
  expect(isRunning(identity)).toBe(false);
});

test('a pid that no process has is not identified', () => {
  expect(identify(2 ** 22 + 1)).toBeUndefined();
});
