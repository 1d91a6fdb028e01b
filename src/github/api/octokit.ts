import { randomUUID } from 'node:crypto';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { proxiedFetch } from '../../process/proxied-fetch.ts';
import type { Home } from '../../state/home.ts';
import { isHttpError } from './errors.ts';
import { obeyLimits } from './obey-limits.ts';
import type { TokenSource } from './token-source.ts';

export interface Connection {
  /** `https://api.github.com`, or a GitHub Enterprise Server's `https://<host>/api/v3`. */
  readonly apiUrl: string;
  readonly tokens: TokenSource;
  /** Where GitHub's limits are noted for all processes of this host, and obeyed. */
  readonly home?: Home;
  /** Milliseconds after which a request is given up; half a minute when absent. */
  readonly timeout?: number;
  /** Gives up every request when it is aborted. */
  readonly signal?: AbortSignal;
  /** Pauses between looks for what an unanswered write has done, in milliseconds; see write-once.ts. */
  readonly late?: readonly number[];
  /** Called with every answer: whether GitHub accepted the login. */
  readonly onAnswer?: (accepted: boolean) => void;
  /** False where nothing limits requests, so that they need no space between them. */
  readonly spaced?: boolean;
}

/** Seconds worth waiting inside a call; longer waits are the caller's to plan. */
const SHORT_WAIT = 10;

const REQUEST_TIMEOUT = 30_000;

/** Errors are thrown. Octokit would also write them to the console, so its log is off. */
const silent = (): void => undefined;

const within = (milliseconds: number, signal: AbortSignal | undefined): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(milliseconds), ...(signal ? [signal] : [])]);

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
      fetch: (url: string, init: RequestInit) =>
        reach(url, { ...init, signal: within(timeout, signal) }),
    },
    retry: { retries: 1, doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451] },
    throttle: {
      ...{ enabled: spaced, id: randomUUID() },
      ...{ onRateLimit: waitIfShort, onSecondaryRateLimit: waitIfShort },
    },
  });
  octokit.hook.before('request', async (options) => {
    const { method, url, request, headers } = options;
    // What changes something is never sent again blindly: it may have been done, and a person may have acted since.
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
  if (home) obeyLimits(octokit, home);
  return octokit;
}
