import { CoppiceError, TransientError } from '../../domain/shared/failure.ts';
import { type RateLimit, rateLimitIn } from './rate-limit.ts';

/** GitHub's rate limit is reached. A request before `until` would make the wait longer. */
export class RateLimited extends TransientError {
  readonly until: Date;

  constructor(until: Date) {
    super(`GitHub's rate limit is reached; it answers again at ${until.toISOString()}`);
    this.name = 'RateLimited';
    this.until = until;
  }
}

/** GitHub did not answer, because of the network, DNS, a proxy, or GitHub itself. */
export class Unreachable extends TransientError {
  constructor(apiUrl: string, reason: string) {
    super(`GitHub can't be reached at ${apiUrl}: ${reason}`);
    this.name = 'Unreachable';
  }
}

/** The parts of Octokit's RequestError that Coppice reads. */
export interface HttpError extends Error {
  readonly status: number;
  readonly response?: {
    readonly headers: Readonly<Record<string, string | number | undefined>>;
    readonly data: unknown;
  };
}

/** Whether an error is an HTTP response with one of `statuses`, or with any status when none is given. */
export const isHttpError = (error: unknown, ...statuses: number[]): error is HttpError =>
  error instanceof Error &&
  error.name === 'HttpError' &&
  (statuses.length === 0 || statuses.includes((error as HttpError).status));

/** GitHub's reasons in a refusal, e.g. `A pull request already exists for acme:issue-1.` */
export function reasons(error: HttpError): string[] {
  const data = error.response?.data as { message?: unknown; errors?: unknown } | undefined;
  const errors = Array.isArray(data?.errors) ? data.errors : [];
  const nested = errors.map((entry: { message?: unknown; field?: unknown; code?: unknown }) =>
    typeof entry === 'string' ? entry : (entry?.message ?? `${entry?.field}: ${entry?.code}`),
  );
  const all = nested.length > 0 ? nested : [data?.message];
  return all.filter((reason): reason is string => typeof reason === 'string');
}

/** The rate limit because of which a request was refused; undefined when there was another reason. */
export function limitOf({ status, response, message }: HttpError): RateLimit | undefined {
  if (status !== 403 && status !== 429) return undefined;
  return rateLimitIn({ headers: response?.headers ?? {}, message, isLimit: status === 429 });
}

/**
 * Turns an error of Octokit into one of Coppice's. Any other error is returned as it is.
 * @param doing what was tried, as a verb phrase that completes "GitHub refused to …"
 */
export function translate(error: unknown, doing: string, apiUrl: string): unknown {
  if (!isHttpError(error)) return error;
  if (!error.response) return new Unreachable(apiUrl, error.message);
  const limit = limitOf(error);
  if (limit) return new RateLimited(limit.until);
  const said = reasons(error).join('; ');
  if (error.status === 401)
    return new CoppiceError(
      'Unauthorized',
      'GitHub does not accept the token (401): run `gh auth login`, or set GITHUB_TOKEN to a valid one, and give it to the service with `coppice down` and `coppice up`',
      said,
    );
  if (error.status === 403)
    return new CoppiceError(
      'Unauthorized',
      `The GitHub token may not ${doing} (403): give it read and write access to contents, issues and pull requests of the repository, and authorise it for the organisation's single sign-on if there is one`,
      said,
      // GitHub sometimes answers so by mistake, or in the minute after a login was changed, so the request is
      // retried.
      true,
    );
  if (error.status < 500)
    return new CoppiceError(
      'GitHubRejected',
      `GitHub refused to ${doing} (${error.status})${said && `: ${said}`}${
        error.status === 404 ? '; it may be deleted, or this token may not see it' : ''
      }`,
    );
  return new TransientError(`GitHub failed to ${doing}: it answered ${error.status}`);
}
