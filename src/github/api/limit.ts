/** An answer of GitHub that may contain a rate limit. */
export interface Refusal {
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
  /** True when it is known to be a limit, whatever it says. */
  readonly isLimit: boolean;
}

export interface Limit {
  /** By this machine's clock. */
  readonly until: Date;
  /** Whether the hourly allowance is used up (GitHub has several); otherwise every request must wait. */
  readonly isUsedUp: boolean;
}

/** GitHub: without a header to go by, wait for at least a minute. In milliseconds. */
const DEFAULT_WAIT = 60_000;

/** GitHub's clock shows whole seconds, and its answer takes a moment. In milliseconds. */
const TOLERANCE = 3_000;

/** How far GitHub's clock is ahead of this machine's, which may be wrong by hours. */
function skew(date: string | number | undefined, now: number): number {
  const ahead = Date.parse(String(date)) - now;
  return Math.abs(ahead) > TOLERANCE ? ahead : 0;
}

/** When GitHub may be asked again, or undefined when the answer is no rate limit. */
export function limitIn({ headers, message, isLimit }: Refusal): Limit | undefined {
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
