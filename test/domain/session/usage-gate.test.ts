import { expect, test } from 'vitest';
import { closedBy, isClosed, isOpenedBy } from '../../../src/domain/session/usage-gate.ts';

const account = 'claude (its own login)';
const now = Date.parse('2026-05-12T06:00:00Z');
const MINUTE = 60_000;
const at = (minutes: number): string => new Date(now + minutes * MINUTE).toISOString();

test('the gate is closed until the end that an agent reported, or the latest of several', () => {
  const gate = closedBy(undefined, { account, until: '2026-05-12T09:00:00+02:00' }, now, now);
  expect(gate).toEqual({ account, closedAt: at(0), until: at(60), guesses: 0 });
  expect(isClosed(gate, now + 59 * MINUTE)).toBe(true);
  expect(isClosed(gate, now + 60 * MINUTE)).toBe(false);
  expect(closedBy(gate, { account, until: at(30) }, now, now)).toEqual(gate);
  expect(closedBy(gate, { account, until: at(90) }, now, now).until).toBe(at(90));
});

test('an unknown end is guessed: later each time the limit is reached again, and at most an hour', () => {
  const pauses: number[] = [];
  let gate = closedBy(undefined, { account, until: undefined }, now, now);
  for (let round = 1; round <= 6; round++) {
    const met = Date.parse(gate.until);
    pauses.push((met - Date.parse(gate.closedAt)) / MINUTE);
    gate = closedBy(gate, { account, until: undefined }, met, met);
  }
  expect(pauses).toEqual([5, 10, 20, 40, 60, 60]);
  expect(closedBy(gate, { account, until: at(600) }, now, now)).toMatchObject({ guesses: 0 });
});

test('an end in the past is ignored', () => {
  expect(closedBy(undefined, { account, until: at(-1) }, now, now)).toMatchObject({
    until: at(5),
    guesses: 1,
  });
});

test('turns that were running when the gate was closed add no guess, and do not open it', () => {
  const gate = closedBy(undefined, { account, until: undefined }, now, now);
  const before = now - MINUTE;
  expect(closedBy(gate, { account, until: undefined }, before, now + MINUTE)).toEqual(gate);
  expect(isOpenedBy(gate, before)).toBe(false);
  expect(isOpenedBy(gate, now + 5 * MINUTE)).toBe(true);
});
