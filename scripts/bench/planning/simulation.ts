import type { PlannedOverlap } from '../../../src/domain/run/overlap.ts';
import { startable } from '../../../src/domain/run/schedule.ts';
import type { SessionReport } from '../../../src/domain/session/reports.ts';
import { type Pair, strong, weak } from './pairs.ts';

/** What a run was steered by. */
export const PLANNERS = {
  'no planner': () => 0,
  'TF-IDF of the texts': ({ alike }: Pair) => alike,
  'what is told': ({ score }: Pair) => (score >= weak ? score : 0),
  'the plan': ({ score, slight }: Pair) => (score >= weak ? score : slight),
  'the plan, sure ones apart': ({ score, slight }: Pair) => (score >= weak ? score : slight),
  'who knows all': ({ real }: Pair) => (real ? 1 : 0),
} satisfies Record<string, (pair: Pair) => number>;

export interface Outcome {
  /** Pairs that were worked on at the same time and changed a file in common. */
  readonly collisions: number;
  /** How long the run took, as a multiple of the least that its work can take. */
  readonly time: number;
}

const CONCURRENCY = 3;

/** Plays a run with the rule that runs have, of sessions that take as long as `lengths` says. */
export function simulate(
  issues: readonly number[],
  pairs: readonly Pair[],
  lengths: ReadonlyMap<number, number>,
  planner: keyof typeof PLANNERS,
): Outcome {
  const overlaps = pairs.flatMap((pair): PlannedOverlap[] => {
    const score = PLANNERS[planner](pair);
    const apart = planner === 'the plan, sure ones apart' && pair.apart && score >= strong;
    return score > 0 ? [{ issues: [pair.a, pair.b], score, files: [], apart }] : [];
  });
  const plan = issues.map((issue) => ({ issue, after: [] }));
  const sessions = new Map<number, SessionReport>();
  const ends = new Map<number, number>();
  const together = new Set<string>();
  let now = 0;
  for (;;) {
    const limits = { concurrency: CONCURRENCY, review: issues.length };
    for (const { issue } of startable({
      issues: plan,
      sessions,
      limits,
      stacking: 'stack',
      overlaps,
    })) {
      for (const other of ends.keys()) together.add(keyOf(issue.issue, other));
      sessions.set(issue.issue, report(issue.issue, 'working'));
      ends.set(issue.issue, now + (lengths.get(issue.issue) ?? 1));
    }
    const [next] = [...ends].sort(([, a], [, b]) => a - b);
    if (!next) break;
    now = next[1];
    ends.delete(next[0]);
    // What is merged at once is seen by whatever starts afterwards.
    sessions.set(next[0], report(next[0], 'cancelled'));
  }
  const work = issues.map((issue) => lengths.get(issue) ?? 1);
  const least = Math.max(work.reduce((sum, one) => sum + one, 0) / CONCURRENCY, ...work);
  return {
    collisions: pairs.filter(({ a, b, real }) => real && together.has(keyOf(a, b))).length,
    time: now / least,
  };
}

const keyOf = (a: number, b: number): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

const report = (issue: number, status: SessionReport['status']): SessionReport => ({
  ...{ issue, status, atWork: status === 'working', branch: '', pullRequest: null },
});
