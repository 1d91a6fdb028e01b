import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { proxiedFetch } from '../../process/proxied-fetch.ts';
import { isHttpError, translate } from './errors.ts';
import { parseResponse } from './responses.ts';
import type { TokenSource } from './token-source.ts';

/** The environment variables that configure a GitHub App. */
const AppEnvironment = z.object({
  GITHUB_APP_ID: z.coerce.number().int().positive(),
  /** Path of the app's private key, a PEM file from GitHub. */
  GITHUB_APP_PRIVATE_KEY_FILE: z.string().min(1),
  /** Needed when the app has more than one installation. */
  GITHUB_APP_INSTALLATION_ID: z.coerce.number().int().positive().optional(),
});
type AppEnvironment = z.infer<typeof AppEnvironment>;

/**
 * A token is replaced this long before it expires, in milliseconds, so that it lasts for the push or the
 * request that uses it.
 */
const MARGIN = 5 * 60_000;

const Installations = z.array(z.object({ id: z.number() }));

/**
 * Returns tokens of a GitHub App's installation. They last an hour, and are replaced before they expire.
 * @throws Unauthorized from the source, when the settings, the key or the installation are wrong
 */
export function appTokenSource(env: NodeJS.ProcessEnv, apiUrl: string): TokenSource {
  let connected: Promise<TokenSource> | undefined;
  return async () => {
    try {
      connected ??= connect(settings(env), apiUrl);
      return await (await connected)();
    } catch (error) {
      connected = undefined; // the person may correct the settings while the worker runs
      throw error;
    }
  };
}

function settings(env: NodeJS.ProcessEnv): AppEnvironment {
  const set = Object.entries(env).filter(([, value]) => value !== '');
  const parsed = AppEnvironment.safeParse(Object.fromEntries(set));
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path }) => path.join('.'));
  throw new CoppiceError(
    'Unauthorized',
    `${[...new Set(names)].join(' and ')} must be set to use a GitHub App: its id, and the path of its private key`,
  );
}

async function connect(app: AppEnvironment, apiUrl: string): Promise<TokenSource> {
  const privateKey = await readKey(app.GITHUB_APP_PRIVATE_KEY_FILE);
  const { request } = new Octokit({
    baseUrl: apiUrl,
    userAgent: 'coppice',
    request: { fetch: proxiedFetch(process.env) },
  });
  const authenticate = createAppAuth({ appId: app.GITHUB_APP_ID, privateKey, request });

  async function onlyInstallation(): Promise<number> {
    const { token } = await authenticate({ type: 'app' });
    const { data } = await request('GET /app/installations', {
      headers: { authorization: `Bearer ${token}` },
    });
    const [only, ...others] = parseResponse(Installations, data, apiUrl);
    if (only && others.length === 0) return only.id;
    throw new CoppiceError(
      'Unauthorized',
      only
        ? `GitHub App ${app.GITHUB_APP_ID} has several installations: set GITHUB_APP_INSTALLATION_ID`
        : `GitHub App ${app.GITHUB_APP_ID} has no installation: install it on the repository`,
    );
  }

  return async () => {
    try {
      const installationId = app.GITHUB_APP_INSTALLATION_ID ?? (await onlyInstallation());
      const of = { type: 'installation', installationId } as const;
      const { token, expiresAt } = await authenticate(of);
      if (Date.parse(expiresAt) - Date.now() > MARGIN) return token;
      return (await authenticate({ ...of, refresh: true })).token;
    } catch (error) {
      throw refused(error, app, apiUrl);
    }
  };
}

async function readKey(path: string): Promise<string> {
  try {
    const key = await readFile(path, 'utf8');
    createPrivateKey(key);
    return key;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new CoppiceError(
      'Unauthorized',
      `the GitHub App's private key can't be read from ${path} (${reason}): set GITHUB_APP_PRIVATE_KEY_FILE`,
    );
  }
}

function refused(error: unknown, app: AppEnvironment, apiUrl: string): unknown {
  if (isHttpError(error, 401))
    return new CoppiceError(
      'Unauthorized',
      `GitHub does not accept the key of GitHub App ${app.GITHUB_APP_ID} (401): check GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE`,
    );
  if (isHttpError(error, 404))
    return new CoppiceError(
      'Unauthorized',
      `GitHub App ${app.GITHUB_APP_ID} has no installation ${app.GITHUB_APP_INSTALLATION_ID}: check GITHUB_APP_INSTALLATION_ID`,
    );
  return translate(error, 'give the GitHub App a token', apiUrl);
}
