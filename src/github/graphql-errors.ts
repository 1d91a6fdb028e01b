import { CoppiceError } from '../domain/failure.ts';
import { RateLimited } from './errors.ts';

interface Reason {
  readonly type?: string;
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

/** Octokit's GraphqlResponseError, as far as it is read here: GitHub answered 200, with errors. */
export interface GraphqlError extends Error {
  readonly errors: readonly Reason[];
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

export const isGraphqlError = (error: unknown): error is GraphqlError =>
  error instanceof Error && error.name === 'GraphqlResponseError';

/** GitHub: without a header to go by, wait for at least a minute. In milliseconds. */
const DEFAULT_WAIT = 60_000;

const LIMITED = /secondary rate limit|API rate limit/i;

/** What GraphQL's errors mean to a caller; what is not known for good is tried again. */
export function translateGraphql({ errors, headers }: GraphqlError, doing: string): Error {
  const said = errors.map(({ message }) => message).join('; ');
  const is = (...types: string[]) => errors.some(({ type = '' }) => types.includes(type));
  if (is('RATE_LIMITED') || LIMITED.test(said)) return new RateLimited(limitedUntil(headers));
  if (is('FORBIDDEN', 'INSUFFICIENT_SCOPES'))
    return new CoppiceError('Unauthorized', `The GitHub token may not ${doing}`, said);
  const isFinal = errors.some(({ extensions }) => extensions?.code !== undefined);
  if (isFinal || is('NOT_FOUND', 'UNPROCESSABLE'))
    return new CoppiceError('GitHubRejected', `GitHub refused to ${doing}: ${said}`);
  return new Error(`GitHub failed to ${doing}: ${said}`);
}

function limitedUntil(headers: GraphqlError['headers']): Date {
  const seconds = Number(headers['retry-after']);
  if (seconds > 0) return new Date(Date.now() + seconds * 1000);
  const reset = Number(headers['x-ratelimit-reset']) * 1000;
  const isUsedUp = String(headers['x-ratelimit-remaining']) === '0' && reset > 0;
  return new Date(isUsedUp ? Math.max(Date.now(), reset) + 1000 : Date.now() + DEFAULT_WAIT);
}
