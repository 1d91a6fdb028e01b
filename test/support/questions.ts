import { expect } from 'vitest';
import type { Home } from '../../src/state/home.ts';
import { compareQuestions } from './questions-asked.ts';

/**
 * No session may ask a person about anything but what its agent asked, a real conflict, or a wrong configuration.
 * @param expected how the questions that a test means to be asked begin; every other one is needless, and fails it
 */
export function expectQuestions(home: Pick<Home, 'service'>, expected: readonly string[]): void {
  const { needless, missing } = compareQuestions(home, expected);
  expect(needless, 'questions that nobody needs').toEqual([]);
  expect(missing, 'questions that were not asked').toEqual([]);
}
