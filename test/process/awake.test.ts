import { expect, test } from 'vitest';
import { sleepAwake, stopwatch } from '../../src/process/awake.ts';

test('the gap of a sleep does not count, nor the time in which a process was stopped', () => {
  let now = 0;
  const awake = stopwatch(() => now);
  const after = (milliseconds: number) => {
    now += milliseconds;
    return awake();
  };
  expect(after(100)).toBe(100);
  expect(after(8 * 3_600_000)).toBe(100);
  expect(after(1_000)).toBe(1_100);
});

test('waiting ends early for whoever is told to stop', async () => {
  await expect(sleepAwake(60_000, AbortSignal.timeout(10))).rejects.toThrow();
  await sleepAwake(5);
});
