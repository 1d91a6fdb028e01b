import { combined } from '../../domain/run/overlap.ts';
import type { LikelyFile } from './likely-files.ts';
import type { Likeness } from './likeness.ts';
import type { PlanningSettings } from './settings.ts';

/** Two issues that will probably change the same files. */
export interface Overlap {
  /** The lower number. */
  readonly a: number;
  readonly b: number;
  /** The estimated probability that they change a file in common, from 0 to 1. */
  readonly score: number;
  /** The most important files, and why each issue would change them. */
  readonly evidence: string;
  /** The most important files; empty when the source names none. */
  readonly files: readonly string[];
  /**
   * Whether they should not be worked on at the same time: the score is high, and both texts lead to the
   * file.
   */
  readonly apart: boolean;
  /** The source of an overlap that was not computed. */
  readonly source?: 'agent';
}

export type Likely = ReadonlyMap<number, readonly LikelyFile[]>;

/** What is foreseen of a plan's issues. */
export interface Forecast {
  /** The files that each will probably change. */
  readonly files: Likely;
  /** How alike their texts are. */
  readonly alike: Likeness;
}

/**
 * How many issues are compared for one file: those with the highest probability. A file that half of all
 * issues seem to change says nothing about two of them.
 */
const MOST_CLAIMANTS = 25;

/** Pairs of issues that probably change a file in common, the most probable first. */
export function overlaps(
  likely: Likely,
  { weak, strong }: Pick<PlanningSettings['overlap'], 'weak' | 'strong'>,
): Overlap[] {
  const claims = new Map<string, { issue: number; file: LikelyFile }[]>();
  for (const [issue, files] of likely)
    for (const file of files) {
      const claimants = claims.get(file.path);
      if (claimants) claimants.push({ issue, file });
      else claims.set(file.path, [{ issue, file }]);
    }
  const pairs = new Map<string, Shared>();
  for (const all of claims.values()) {
    const claimants = all.sort((x, y) => y.file.weight - x.file.weight).slice(0, MOST_CLAIMANTS);
    for (const [index, one] of claimants.entries())
      for (const other of claimants.slice(index + 1)) {
        const [low, high] = one.issue < other.issue ? [one, other] : [other, one];
        const key = `${low.issue} ${high.issue}`;
        const pair = pairs.get(key) ?? { a: low.issue, b: high.issue, files: [] };
        pair.files.push({ a: low.file, b: high.file, both: low.file.weight * high.file.weight });
        pairs.set(key, pair);
      }
  }
  return [...pairs.values()]
    .map((pair) => scored(pair, strong))
    .filter(({ score }) => score >= weak)
    .sort((x, y) => y.score - x.score || x.a - y.a || x.b - y.b);
}

/** Of one issue, the slight overlaps that are kept. More of them made runs no better (`npm run bench -- planning`). */
const MOST_SLIGHT = 8;

/** Likeness of two texts is worth half of itself: so many pairs of a score did share a file, in the same measurement. */
const LIKENESS_COUNTS = 0.5;

/**
 * For each issue, others of `issues` that it may overlap with less than anyone is told of (`weak`), with the probability.
 * They decide only which issue starts next. A pair stands with its lower number. Those of `told` have been told.
 */
export function slightOverlaps(
  issues: readonly number[],
  measured: readonly Overlap[],
  alike: Likeness,
  { weak, isTold }: { readonly weak: number; isTold(a: number, b: number): boolean },
): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const scores = new Map(measured.map(({ a, b, score }) => [`${a} ${b}`, score]));
  const sorted = issues.toSorted((a, b) => a - b);
  const pairs = sorted.flatMap((a, at) =>
    sorted.slice(at + 1).flatMap((b) => {
      if (isTold(a, b)) return [];
      const score = combined([scores.get(`${a} ${b}`) ?? 0, LIKENESS_COUNTS * alike(a, b)]);
      const slight = Math.round(Math.min(score, weak) * 100) / 100;
      return slight > 0 ? [{ a, b, slight }] : [];
    }),
  );
  const counts = new Map<number, number>();
  const found = new Map<number, Map<number, number>>();
  for (const { a, b, slight } of pairs.sort((x, y) => y.slight - x.slight)) {
    const [ofA = 0, ofB = 0] = [counts.get(a), counts.get(b)];
    if (ofA >= MOST_SLIGHT && ofB >= MOST_SLIGHT) continue;
    counts.set(a, ofA + 1);
    counts.set(b, ofB + 1);
    found.set(a, (found.get(a) ?? new Map<number, number>()).set(b, slight));
  }
  return found;
}

interface Shared {
  readonly a: number;
  readonly b: number;
  readonly files: { readonly a: LikelyFile; readonly b: LikelyFile; readonly both: number }[];
}

/** How many files are named as evidence. */
const NAMED = 2;

function scored({ a, b, files }: Shared, strong: number): Overlap {
  const surest = files.sort((x, y) => y.both - x.both || (x.a.path < y.a.path ? -1 : 1));
  const named = surest
    .slice(0, NAMED)
    .map(({ a: file, b: other }) => `${file.path} (#${a}: ${file.why}; #${b}: ${other.why})`);
  const more = files.length - named.length;
  const score = calibrated(combined(files.map(({ both }) => both)));
  return {
    ...{ a, b },
    score: Math.round(score * 100) / 100,
    evidence: `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    files: surest.slice(0, NAMED).map(({ a: file }) => file.path),
    apart:
      score >= strong &&
      surest
        .slice(0, NAMED)
        .some(({ a: file, b: other }) => file.basis === 'text' && other.basis === 'text'),
  };
}

/**
 * For each score, the share of pairs that did change a file in common, in earlier changes of public
 * repositories. Two issues whose texts lead to the same file share more than the probabilities of the files
 * alone show.
 */
const SHARE_OF_SCORE: readonly (readonly [score: number, share: number])[] = [
  [0, 0],
  [0.15, 0.36],
  [0.25, 0.45],
  [0.35, 0.57],
  [0.5, 0.7],
  [0.75, 0.77],
  [0.86, 0.86],
  [1, 0.98],
];

/** The probability for a score, interpolated linearly between the measured points. */
function calibrated(score: number): number {
  const above = SHARE_OF_SCORE.findIndex(([known]) => known >= score);
  const [low, from] = SHARE_OF_SCORE[above - 1] ?? [0, 0];
  const [high, to] = SHARE_OF_SCORE[above] ?? [1, 1];
  return high === low ? to : from + ((to - from) * (score - low)) / (high - low);
}
