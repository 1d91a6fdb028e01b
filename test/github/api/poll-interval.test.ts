import { expect, test } from 'vitest';
import { pollInterval } from '../../../src/github/api/poll-interval.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const usual = { base: 30, quiet: 0, checksRun: false, rateLimit: null, cost: 1, now };
const left = (remaining: number, minutes: number) => ({
  ...{ limit: 5_000, remaining, cost: 1 },
  resetAt: new Date(now + minutes * MINUTE).toISOString(),
});

test.each([
  [0, 30],
  [10, 60],
  [30, 90],
  [60, 120],
  [600, 120],
])('after %i quiet minutes the interval is %i seconds', (minutes, seconds) => {
  expect(pollInterval({ ...usual, quiet: minutes * MINUTE })).toBe(seconds * 1000);
});

test('while checks run it is not stretched', () => {
  expect(pollInterval({ ...usual, quiet: 60 * MINUTE, checksRun: true })).toBe(30_000);
});

test('above the share that is kept for the person the budget changes nothing', () => {
  expect(pollInterval({ ...usual, rateLimit: left(2_001, 60), cost: 50 })).toBe(30_000);
});

test('below it a tenth of the rest lasts until the hour ends', () => {
  // 150 points of 1,500 for 4 points a round make 37.5 rounds in 30 minutes.
  expect(pollInterval({ ...usual, rateLimit: left(1_500, 30), cost: 4 })).toBe(48_000);
  expect(pollInterval({ ...usual, rateLimit: left(1_500, 1), cost: 1 })).toBe(30_000);
});

test('when nothing is left it waits until the hour ends, and never longer', () => {
  expect(pollInterval({ ...usual, rateLimit: left(0, 20), cost: 5 })).toBe(20 * MINUTE);
  expect(pollInterval({ ...usual, rateLimit: left(3, 20), cost: 5 })).toBe(20 * MINUTE);
  expect(pollInterval({ ...usual, rateLimit: left(0, -1) })).toBe(30_000);
});
