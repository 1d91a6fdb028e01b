import { likenessOf } from '../../../src/planning/rules/likeness.ts';
import { mentionsOf } from '../../../src/planning/rules/mentions.ts';
import { overlaps, slightOverlaps } from '../../../src/planning/rules/overlap.ts';
import { PlanningSettings } from '../../../src/planning/rules/settings.ts';
import type { Batch } from './past.ts';

/** Two issues of a plan: what was foreseen, and whether they did change a file in common. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  /** The planner's score. */
  readonly score: number;
  readonly apart: boolean;
  /** Its score where that is too low to be told of, as far as a plan has it. */
  readonly slight: number;
  /** How alike the two texts are, by TF-IDF. */
  readonly alike: number;
  readonly real: boolean;
}

export const { strong, weak } = PlanningSettings.parse({}).overlap;

export function pairsOf({ issues, forecast, truth }: Batch): Pair[] {
  const measured = overlaps(forecast.files, { weak: 0, strong });
  const scores = new Map(measured.map((found) => [`${found.a} ${found.b}`, found]));
  const numbers = issues.map(({ number }) => number);
  const slight = slightOverlaps(numbers, measured, forecast.alike, {
    weak,
    isTold: (a, b) => (scores.get(`${a} ${b}`)?.score ?? 0) >= weak,
  });
  // The baseline: the cosine of the texts' words, common ones too.
  const alike = likenessOf(new Map(issues.map((issue) => [issue.number, mentionsOf(issue)])));
  return issues.flatMap(({ number: a }, at) =>
    issues.slice(at + 1).map(({ number: b }): Pair => {
      const found = scores.get(`${a} ${b}`);
      return {
        ...{ a, b, score: found?.score ?? 0, apart: found?.apart ?? false },
        slight: slight.get(a)?.get(b) ?? 0,
        alike: alike(a, b),
        real: shares(truth.get(a), truth.get(b)),
      };
    }),
  );
}

const shares = (a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): boolean =>
  [...a].some((file) => b.has(file));

/** The share of those predicted that are real, and of those real that are predicted. */
export interface Hits {
  readonly predicted: number;
  readonly right: number;
  readonly real: number;
}

export function hits(pairs: readonly Pair[], isPredicted: (pair: Pair) => boolean): Hits {
  const predicted = pairs.filter(isPredicted);
  const right = predicted.filter(({ real }) => real).length;
  return { predicted: predicted.length, right, real: pairs.filter(({ real }) => real).length };
}

/** As many pairs as the planner names, but those whose texts are most alike. */
export function hitsOfTexts(pairs: readonly Pair[], count: number): Hits {
  const most = new Set(pairs.toSorted((x, y) => y.alike - x.alike).slice(0, count));
  return hits(pairs, (pair) => most.has(pair));
}

/** For scores from 0 to 1 in steps of a tenth: how many pairs, their mean score, and the share that is real. */
export function calibration(pairs: readonly Pair[]): { n: number; mean: number; real: number }[] {
  return Array.from({ length: 10 }, (_, at) => {
    const own = pairs.filter(({ score }) => Math.min(9, Math.floor(score * 10)) === at);
    const mean = own.reduce((sum, { score }) => sum + score, 0) / own.length;
    return { n: own.length, mean, real: own.filter(({ real }) => real).length / own.length };
  });
}
