import { expect, test } from 'vitest';
import { compareFailures, isSame } from '../../../src/domain/session/failed-outcome.ts';

const diff = { files: 3, insertions: 42, deletions: 5 };
const red = { problem: '1 test failed', diff };

test('two failures are the same only with the same problem and the same change', () => {
  expect(isSame(null, red)).toBe(false);
  expect(isSame(red, { ...red, diff: { ...diff } })).toBe(true);
  expect(isSame(red, { ...red, problem: '2 tests failed' })).toBe(false);
  expect(isSame(red, { ...red, diff: { ...diff, insertions: 43 } })).toBe(false);
  expect(isSame(red, { ...red, diff: null })).toBe(false);
  expect(isSame({ ...red, diff: null }, { ...red, diff: null })).toBe(true);
});

test('the text for the person describes both failures', () => {
  expect(compareFailures(null, red)).toBe('');
  expect(compareFailures(red, red)).toBe(
    'It is the second time in a row: the same problem, and nothing changed in between (3 files, +42 -5).',
  );
  expect(compareFailures({ problem: 'no outcome', diff: null }, red)).toBe(
    'Before that, with no change: no outcome\nNow, with 3 files, +42 -5: 1 test failed',
  );
});
