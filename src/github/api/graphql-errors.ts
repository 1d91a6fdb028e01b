import { CoppiceError, TransientError } from '../../domain/shared/failure.ts';
import { RateLimited } from './errors.ts';
import type { RateLimit } from './rate-limit.ts';
import { rateLimitIn } from './rate-limit.ts';

interface Reason {
  readonly type?: string;
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
}

/**
 * The parts of Octokit's GraphqlResponseError that Coppice reads. GitHub answered with status 200, and with
 * errors.
 */
export interface GraphqlError extends Error {
  readonly errors: readonly Reason[];
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

export const isGraphqlError = (error: unknown): error is GraphqlError =>
  error instanceof Error && error.name === 'GraphqlResponseError';

const LIMITED = /secondary rate limit|API rate limit/i;

/** The rate limit because of which a query failed; undefined when there was another reason. */
export const limitOfGraphql = ({
  errors,
  headers,
}: Pick<GraphqlError, 'errors' | 'headers'>): RateLimit | undefined => {
  const isLimit = errors.some(({ type }) => type === 'RATE_LIMITED');
  const message = errors.map((error) => error.message).join('; ');
  // The last query that the limit allows may also have failed for another reason, so the headers alone are
  // not enough.
  return isLimit || LIMITED.test(message) ? rateLimitIn({ headers, message, isLimit }) : undefined;
};

/** Turns GraphQL’s errors into Coppice’s. An error that is not known to be final is retried. */
export function translateGraphql({ errors, headers }: GraphqlError, doing: string): Error {
  const limit = limitOfGraphql({ errors, headers });
  if (limit) return new RateLimited(limit.until);
  const said = errors.map(({ message }) => message).join('; ');
  const is = (...types: string[]) => errors.some(({ type = '' }) => types.includes(type));
  if (is('FORBIDDEN', 'INSUFFICIENT_SCOPES'))
    return new CoppiceError('Unauthorized', `The GitHub token may not ${doing}`, said);
  const isFinal = errors.some(({ extensions }) => extensions?.code !== undefined);
  if (isFinal || is('NOT_FOUND', 'UNPROCESSABLE'))
    return new CoppiceError('GitHubRejected', `GitHub refused to ${doing}: ${said}`);
  return new TransientError(`GitHub failed to ${doing}: ${said}`);
}
