import { execa } from 'execa';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { appTokenSource } from './app-token.ts';
import type { TokenSource } from './token-source.ts';

/** How long a token of the GitHub CLI is cached, in milliseconds. */
const CACHE_TIME = 60_000;

/** How long the GitHub CLI may take, in milliseconds. */
const CLI_TIMEOUT = 10_000;

/**
 * The URL of GitHub's API: `GITHUB_API_URL`, or that of github.com.
 * @throws InvalidInput
 */
export function githubApiUrl(env: NodeJS.ProcessEnv): string {
  const url = env.GITHUB_API_URL || 'https://api.github.com';
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new CoppiceError('InvalidInput', `GITHUB_API_URL is not an http(s) address: ${url}`);
  return url.replace(/\/+$/, '');
}

/**
 * Chooses where tokens come from: a GitHub App if one is configured, or else the environment (`GH_TOKEN`,
 * then `GITHUB_TOKEN`, as for the GitHub CLI), or else `gh auth login`.
 */
export function tokenSource(env: NodeJS.ProcessEnv): TokenSource {
  return env.GITHUB_APP_ID ? appTokenSource(env, githubApiUrl(env)) : personsTokenSource(env);
}

function personsTokenSource(env: NodeJS.ProcessEnv): TokenSource {
  let cached: { readonly token: Promise<string>; readonly until: number } | undefined;
  return async () => {
    const token = env.GH_TOKEN || env.GITHUB_TOKEN;
    if (token) return printable(token);
    if (!cached || cached.until < Date.now()) {
      const lookup = { token: askGitHubCli(env), until: Date.now() + CACHE_TIME };
      lookup.token.catch(() => {
        if (cached === lookup) cached = undefined;
      });
      cached = lookup;
    }
    return cached.token;
  };
}

/** A malformed token is refused here, because fetch would print it in its error. */
function printable(token: string): string {
  const trimmed = token.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new CoppiceError(
    'Unauthorized',
    'The GitHub token has characters that no token can have: set GITHUB_TOKEN again, or run `gh auth login`',
  );
}

/**
 * The origin of git URLs on the GitHub server whose API is at `apiUrl`: `https://github.com` for github.com.
 */
function gitOrigin(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\./, '')}`;
}

/**
 * Returns tokens for git remotes on this GitHub server only.
 * @throws Unauthorized for any other origin
 */
export function gitTokenSource(
  env: NodeJS.ProcessEnv,
  tokens = tokenSource(env),
): (origin: string) => Promise<string> {
  const github = gitOrigin(githubApiUrl(env));
  return async (origin) => {
    if (origin === github) return tokens();
    throw new CoppiceError(
      'Unauthorized',
      `the git remote is at ${origin}, which must not get the token for ${github}: correct the remote's URL, or set GITHUB_API_URL`,
    );
  };
}

async function askGitHubCli(env: NodeJS.ProcessEnv): Promise<string> {
  const host = new URL(githubApiUrl(env)).host;
  const hostname = host === 'api.github.com' ? 'github.com' : host;
  const { stdout, failed, code } = await execa('gh', ['auth', 'token', '--hostname', hostname], {
    env,
    extendEnv: false,
    reject: false,
    timeout: CLI_TIMEOUT,
    stdin: 'ignore',
  });
  if (!failed && stdout !== '') return printable(stdout);
  throw new CoppiceError(
    'Unauthorized',
    `No token for ${hostname}: set GITHUB_TOKEN, or ${
      code === 'ENOENT' ? 'install the GitHub CLI (https://cli.github.com) and ' : ''
    }run \`gh auth login --hostname ${hostname}\``,
  );
}
