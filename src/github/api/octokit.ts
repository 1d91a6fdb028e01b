import { randomUUID } from 'node:crypto';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { proxiedFetch } from '../../process/proxied-fetch.ts';
import { passStopPoint } from '../../process/stop-points.ts';
import type { Home } from '../../state/home.ts';
import { isHttpError } from './errors.ts';
import type { TokenSource } from './token-source.ts';
import { waitForRateLimit } from './wait-for-rate-limit.ts';

export interface Connection {
  /** `https://api.github.com`, or a GitHub Enterprise Server's `https://<host>/api/v3`. */
  readonly apiUrl: string;
  readonly tokens: TokenSource;
  /**
   * The state directory in which rate limits are stored for all processes of this host. Without it, they are
   * not.
   */
  readonly home?: Home;
  /** Milliseconds after which a request is given up; 30,000 by default. */
  readonly timeout?: number;
  /** Aborts every request. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds to wait before each check whether an unanswered write was carried out; see write-once.ts.
   */
  readonly late?: readonly number[];
  /** Called after each response, with whether GitHub accepted the token. */
  readonly onAnswer?: (accepted: boolean) => void;
  /** Whether requests are spaced as GitHub asks; true by default. */
  readonly spaced?: boolean;
}

/** Seconds to wait inside a call at most. The caller plans longer waits. */
const SHORT_WAIT = 10;

const REQUEST_TIMEOUT = 30_000;

/** Octokit's log is off, because errors are thrown, and Octokit would also print them. */
const silent = (): void => undefined;

const within = (milliseconds: number, signal: AbortSignal | undefined): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(milliseconds), ...(signal ? [signal] : [])]);

/** Of the path: `pulls` of `/repos/acme/app/pulls`. */
const lastWord = (url: string): string =>
  new URL(url).pathname.match(/[a-z_-]+(?=[^a-z]*$)/)?.[0] ?? '';

const PatientOctokit = Octokit.plugin(throttling, retry);

/**
 * An Octokit client that spaces its requests as GitHub asks, retries once after a short failure, and reads the token
 * for each request.
 */
export function createOctokit({
  apiUrl,
  tokens,
  home,
  timeout = REQUEST_TIMEOUT,
  signal,
  onAnswer,
  spaced = true,
}: Connection): Octokit {
  const reach = proxiedFetch(process.env);
  const waitIfShort = (seconds: number, _options: object, _octokit: object, retries: number) =>
    seconds <= SHORT_WAIT && retries === 0;
  const octokit = new PatientOctokit({
    baseUrl: apiUrl,
    userAgent: 'coppice',
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: {
      fetch: async (url: string, init: RequestInit) => {
        const request = `${init.method} ${lastWord(url)}`;
        passStopPoint(`before ${request}`);
        const answer = await reach(url, { ...init, signal: within(timeout, signal) });
        passStopPoint(`after ${request}`);
        return answer;
      },
    },
    retry: { retries: 1, doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451] },
    throttle: {
      ...{ enabled: spaced, id: randomUUID() },
      ...{ onRateLimit: waitIfShort, onSecondaryRateLimit: waitIfShort },
    },
  });
  octokit.hook.before('request', async (options) => {
    const { method, url, request, headers } = options;
    // A request that changes something is not repeated automatically: it may have been carried out, and a
    // person may have acted since.
    if (method !== 'GET' && !url.endsWith('/graphql')) options.request = { ...request, retries: 0 };
    headers.authorization = `Bearer ${await tokens()}`;
  });
  if (onAnswer) {
    octokit.hook.after('request', () => onAnswer(true));
    octokit.hook.error('request', (error) => {
      if (isHttpError(error, 401)) onAnswer(false);
      throw error;
    });
  }
  if (home) waitForRateLimit(octokit, home);
  return octokit;
}
