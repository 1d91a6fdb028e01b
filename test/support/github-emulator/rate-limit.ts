/** Requests GitHub answers in an hour. */
const LIMIT = 5_000;

const HOUR = 3_600;

/** Counts as GitHub does: an answer "not modified" is free. */
export function createRateLimit() {
  const seconds = Math.floor(Date.now() / 1000);
  let used = 0;
  return {
    headers(status: number): Record<string, string> {
      if (status !== 304) used += 1;
      return {
        'x-ratelimit-limit': String(LIMIT),
        'x-ratelimit-used': String(used),
        'x-ratelimit-remaining': String(Math.max(0, LIMIT - used)),
        'x-ratelimit-reset': String(seconds + HOUR),
        'x-ratelimit-resource': 'core',
      };
    },
  };
}
