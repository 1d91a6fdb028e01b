import { expect, test } from 'vitest';
import { Budget, costOf, exceeded, leftOf } from '../../../src/domain/session/budget.ts';

const spent = { session: 2, run: 10, day: 30 };

test('the smallest limit that is reached is reported, with the amount that was added to it', () => {
  expect(exceeded({}, spent, 0)).toBeUndefined();
  expect(exceeded({ session: 2.01, run: 11, day: 31 }, spent, 0)).toBeUndefined();
  expect(exceeded({ session: 2, run: 10 }, spent, 0)).toEqual({
    what: 'session',
    limit: 2,
    spent: 2,
  });
  expect(exceeded({ session: 2, run: 10 }, spent, 0.5)).toBeUndefined();
  expect(exceeded({ day: 25 }, spent, 5)).toMatchObject({ what: 'day', limit: 30 });
});

test('the rest is that of the tightest limit, and never negative', () => {
  expect(leftOf({}, spent, 5)).toBeUndefined();
  expect(leftOf({ session: 5, run: 11, day: 100 }, spent, 0)).toBe(1);
  expect(leftOf({ session: 5, run: 11 }, spent, 3)).toBe(4);
  expect(leftOf({ session: 1 }, spent, 0)).toBe(0);
});

test('sums of fractions that equal the limit have reached it', () => {
  expect(exceeded({ session: 0.3 }, { ...spent, session: 0.3 - 1e-16 }, 0)).toBeDefined();
  expect(exceeded({ session: 0.3 }, { ...spent, session: 0.29 }, 0)).toBeUndefined();
});

test('a limit of 0 is an error', () => {
  expect(Budget.safeParse({ session: 0 }).success).toBe(false);
});

test('the cost of a turn follows from the person’s prices, or else from the agent’s report; otherwise it is not known', () => {
  const tokens = { input: 2_000_000, output: 100_000 };
  const prices = { input: 3, output: 15 };
  // The person's own prices win: the agent may stand in front of another maker's model.
  expect(costOf({ costUsd: 0.2, tokens }, prices)).toBe(7.5);
  expect(costOf({ costUsd: 0.2, tokens }, undefined)).toBe(0.2);
  expect(costOf({ costUsd: 0.2 }, prices)).toBe(0.2);
  expect(costOf({ tokens }, prices)).toBe(7.5);
  expect(costOf({ tokens }, undefined)).toBeUndefined();
  expect(costOf({}, prices)).toBeUndefined();
});
