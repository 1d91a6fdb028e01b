import { expect, test } from 'vitest';
import { countTurns, pauseAfter } from '../../../src/domain/session/postponed.ts';

const now = Date.parse('2026-05-12T06:00:00Z');
const MINUTE = 60_000;

test('a session waits until the end of a usage limit, or some minutes when the end is not known', () => {
  const until = '2026-05-12T07:00:00Z';
  expect(pauseAfter({ kind: 'usage-limited', until }, [], now)).toBe(60 * MINUTE);
  expect(pauseAfter({ kind: 'usage-limited', until }, [], now + 90 * MINUTE)).toBe(0);
  expect(pauseAfter({ kind: 'usage-limited' }, [], now)).toBe(5 * MINUTE);
});

test('an unavailable model is tried again after a wait that doubles each time, up to half an hour', () => {
  const outage = { kind: 'unavailable', reason: 'overloaded' } as const;
  const after = (times: number) =>
    pauseAfter(outage, ['unavailable', 'done', ...Array(times).fill('unavailable')], now) / MINUTE;
  expect([1, 2, 3, 5, 6, 2_000].map(after)).toEqual([1, 2, 4, 16, 30, 30]);
});

test('turns that met a usage limit or had no model do not count; all others do, also a running one', () => {
  const outcomes = ['done', 'usage-limited', 'unavailable', 'failed', 'unavailable', null];
  expect(countTurns(outcomes.map((outcome) => ({ outcome })))).toBe(3);
});
