/** Requests, or points of GraphQL, that GitHub answers in an hour. */
const LIMIT = 5_000;

const HOUR = 3_600;

export type Bucket = 'core' | 'graphql';

/** Counts as GitHub does, REST and GraphQL apart: an answer "not modified" is free. */
export function createRateLimit() {
  let resetsAt = Math.floor(Date.now() / 1000) + HOUR;
  const used = { core: 0, graphql: 0 };
  const remaining = (bucket: Bucket): number => Math.max(0, LIMIT - used[bucket]);
  return {
    used,

    /** @param seconds from now */
    resetIn(seconds: number): void {
      resetsAt = Math.floor(Date.now() / 1000) + seconds;
    },

    state: (bucket: Bucket) => ({
      ...{ limit: LIMIT, remaining: remaining(bucket) },
      resetAt: new Date(resetsAt * 1000).toISOString().replace('.000Z', 'Z'),
    }),

    headers: (bucket: Bucket): Record<string, string> => ({
      'x-ratelimit-limit': String(LIMIT),
      'x-ratelimit-used': String(used[bucket]),
      'x-ratelimit-remaining': String(remaining(bucket)),
      'x-ratelimit-reset': String(resetsAt),
      'x-ratelimit-resource': bucket,
    }),
  };
}

export type RateLimit = ReturnType<typeof createRateLimit>;
