import { describe, expect, test } from 'vitest';
import type { Overlap } from '../../../src/planning/rules/overlap.ts';
import { NO_PROPOSALS, withProposed } from '../../../src/planning/rules/proposals.ts';

describe('the score that an agent gives an overlap', () => {
  const measured = (score: number): Overlap[] => [
    { ...{ a: 1, b: 2, score, evidence: 'src/a.ts', files: ['src/a.ts'], apart: score >= 0.6 } },
  ];
  const withScore = (before: number, score: number) =>
    withProposed(
      measured(before),
      { ...NO_PROPOSALS, overlaps: [{ issues: [2, 1], score, why: 'other functions' }] },
      { has: () => true, weak: 0.15, strong: 0.6 },
    ).overlaps;

  test('raises the one that was computed', () => {
    expect(withScore(0.2, 0.9)).toMatchObject([{ a: 1, b: 2, score: 0.9, apart: true }]);
  });

  test('lowers it, and then the two are not kept apart', () => {
    expect(withScore(0.9, 0.3)).toMatchObject([
      { score: 0.3, apart: false, source: 'agent', evidence: 'the agent says: other functions' },
    ]);
  });

  test('removes the overlap when it is improbable', () => {
    expect(withScore(0.9, 0.1)).toEqual([]);
  });
});
