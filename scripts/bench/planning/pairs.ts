import { mentionsOf } from '../../../src/planning/rules/mentions.ts';
import { overlaps } from '../../../src/planning/rules/overlap.ts';
import { PlanningSettings } from '../../../src/planning/rules/settings.ts';
import { TextIndex } from '../../../src/planning/rules/text-index.ts';
import type { Batch, PastIssue } from './past.ts';

/** Two issues of a plan: what was foreseen, and whether they did change a file in common. */
export interface Pair {
  readonly a: number;
  readonly b: number;
  /** The planner's score. */
  readonly score: number;
  readonly apart: boolean;
  /** How alike the two texts are, by TF-IDF. */
  readonly alike: number;
  readonly real: boolean;
}

export const { strong, weak } = PlanningSettings.parse({}).overlap;

export function pairsOf({ issues, likely, truth }: Batch): Pair[] {
  const scores = new Map(
    overlaps(likely, { weak: 0, strong }).map((found) => [`${found.a} ${found.b}`, found]),
  );
  const alike = likenessOf(issues);
  return issues.flatMap(({ number: a }, at) =>
    issues.slice(at + 1).map(({ number: b }): Pair => {
      const found = scores.get(`${a} ${b}`);
      return {
        ...{ a, b, score: found?.score ?? 0, apart: found?.apart ?? false },
        alike: alike(a, b),
        real: shares(truth.get(a), truth.get(b)),
      };
    }),
  );
}

const shares = (a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): boolean =>
  [...a].some((file) => b.has(file));

/** The baseline: cosine of the texts' words. */
function likenessOf(issues: readonly PastIssue[]): (a: number, b: number) => number {
  const index = new TextIndex();
  const words = new Map(issues.map((issue) => [issue.number, mentionsOf(issue).words]));
  for (const [number, own] of words) index.add(String(number), own, 1);
  const rows = new Map(
    [...words].map(([number, own]) => {
      const counts = new Map(own.map((word) => [word, 1]));
      return [number, new Map(index.alike(counts, issues.length))];
    }),
  );
  return (a, b) => rows.get(a)?.get(String(b)) ?? 0;
}

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
