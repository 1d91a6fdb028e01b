import type { Octokit } from '@octokit/rest';
import {
  type GitHubBucket,
  readGitHubLimits,
  recordGitHubLimit,
} from '../../state/github-limits.ts';
import type { Home } from '../../state/home.ts';
import { isHttpError, limitOf, RateLimited } from './errors.ts';
import { limitOfGraphql } from './graphql-errors.ts';
import type { RateLimit } from './rate-limit.ts';

/**
 * Makes every request respect the rate limits that GitHub has reported to this host, across processes and
 * restarts. A request before the end of a limit is not sent, and fails with {@link RateLimited}.
 */
export function waitForRateLimit(octokit: Octokit, home: Home): void {
  const bucketOf = (url: string): GitHubBucket => {
    if (url.includes('/graphql')) return 'graphql';
    return url.includes('/search/') ? 'search' : 'core';
  };

  octokit.hook.wrap('request', async (request, options) => {
    const bucket = bucketOf(options.url);
    const { all = '', [bucket]: own = '' } = await readGitHubLimits(home);
    const until = all > own ? all : own;
    if (until !== '') throw new RateLimited(new Date(until));
    const note = async (limit: RateLimit | undefined) => {
      if (limit) await recordGitHubLimit(home, limit.isUsedUp ? bucket : 'all', limit.until);
    };
    try {
      const response = await request(options);
      const { headers, data } = response;
      if (bucket === 'graphql' && Array.isArray(data?.errors))
        await note(limitOfGraphql({ headers, errors: data.errors }));
      return response;
    } catch (error) {
      if (isHttpError(error)) await note(limitOf(error));
      throw error;
    }
  });
}
