import type { RateLimit } from '../port.ts';

/** The part of GitHub’s hourly allowance that Coppice leaves to the person. */
const PERSONS_SHARE = 0.4;

/** The part of the person’s share that Coppice may still use until the hour ends. */
const LAST_PART = 0.1;

/** Minutes without a change, and what the interval is multiplied by from then on. */
const QUIET: readonly (readonly [minutes: number, times: number])[] = [
  [60, 4],
  [30, 3],
  [10, 2],
];

export interface PaceInput {
  /** Seconds between two rounds while things happen. */
  readonly base: number;
  /** Milliseconds since anything changed. */
  readonly quiet: number;
  /** Whether checks are running: somebody waits for them. */
  readonly checksRun: boolean;
  readonly rateLimit: RateLimit | null;
  /** GraphQL points that a round costs. */
  readonly cost: number;
  readonly now: number;
}

/** Milliseconds until the next round. */
export function pace({ base, quiet, checksRun, rateLimit, cost, now }: PaceInput): number {
  const times = checksRun ? 1 : (QUIET.find(([minutes]) => quiet >= minutes * 60_000)?.[1] ?? 1);
  const interval = base * 1000 * times;
  if (!rateLimit || rateLimit.remaining > rateLimit.limit * PERSONS_SHARE) return interval;
  const left = Math.max(0, Date.parse(rateLimit.resetAt) - now);
  const points = Math.max(1, rateLimit.remaining * LAST_PART);
  return Math.max(interval, Math.min(left, (left * cost) / points));
}
