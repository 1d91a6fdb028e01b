/** A response of GitHub that may be caused by a rate limit. */
export interface RefusedResponse {
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
  /** Whether it is known to be a rate limit, whatever the message is. */
  readonly isLimit: boolean;
}

export interface RateLimit {
  /** When the limit ends, by this machine's clock. */
  readonly until: Date;
  /**
   * Whether one of GitHub's hourly limits is used up. Otherwise it is a secondary limit, and all requests
   * must wait.
   */
  readonly isUsedUp: boolean;
}

/** GitHub asks clients to wait at least a minute when no header says how long. In milliseconds. */
const DEFAULT_WAIT = 60_000;

/**
 * A smaller difference between the clocks is ignored, in milliseconds, because GitHub's header has whole
 * seconds and its response takes a moment.
 */
const TOLERANCE = 3_000;

/**
 * How far GitHub's clock is ahead of this machine's, in milliseconds. This machine's clock may be wrong by
 * hours.
 */
function skew(date: string | number | undefined, now: number): number {
  const ahead = Date.parse(String(date)) - now;
  return Math.abs(ahead) > TOLERANCE ? ahead : 0;
}

/** The rate limit that a response reports; undefined when it reports none. */
export function rateLimitIn({ headers, message, isLimit }: RefusedResponse): RateLimit | undefined {
  const now = Date.now();
  const seconds = Number(headers['retry-after']);
  if (seconds > 0) return { until: new Date(now + seconds * 1000), isUsedUp: false };
  const isUsedUp = String(headers['x-ratelimit-remaining']) === '0';
  const reset = Number(headers['x-ratelimit-reset']) * 1000;
  if (isUsedUp && reset > 0) {
    return { until: new Date(Math.max(now, reset - skew(headers.date, now)) + 1000), isUsedUp };
  }
  if (!isUsedUp && !isLimit && !/secondary rate|API rate limit/i.test(message)) return undefined;
  return { until: new Date(now + DEFAULT_WAIT), isUsedUp };
}
