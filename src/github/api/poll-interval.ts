import type { RateLimit } from '../port.ts';

/** The part of GitHub's rate limit that Coppice leaves to the person, whose token it uses. */
const PERSONS_SHARE = 0.4;

/** The part of the person's share that Coppice may still use until the limit is reset. */
const LAST_PART = 0.1;

/** Minutes without a change, and by what the interval is multiplied after them. */
const QUIET: readonly (readonly [minutes: number, times: number])[] = [
  [60, 4],
  [30, 3],
  [10, 2],
];

export interface PollIntervalInput {
  /** The shortest time between two rounds, in seconds. */
  readonly base: number;
  /** Milliseconds since the last change. */
  readonly quiet: number;
  /** Whether checks are running. Then the interval is not made longer. */
  readonly checksRun: boolean;
  readonly rateLimit: RateLimit | null;
  /** GraphQL points that a round costs. */
  readonly cost: number;
  readonly now: number;
}

/** Milliseconds until the next round. */
export function pollInterval({
  base,
  quiet,
  checksRun,
  rateLimit,
  cost,
  now,
}: PollIntervalInput): number {
  const times = checksRun ? 1 : (QUIET.find(([minutes]) => quiet >= minutes * 60_000)?.[1] ?? 1);
  const interval = base * 1000 * times;
  if (!rateLimit || rateLimit.remaining > rateLimit.limit * PERSONS_SHARE) return interval;
  const left = Math.max(0, Date.parse(rateLimit.resetAt) - now);
  const points = Math.max(1, rateLimit.remaining * LAST_PART);
  return Math.max(interval, Math.min(left, (left * cost) / points));
}
