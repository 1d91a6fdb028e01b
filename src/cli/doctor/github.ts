import { CoppiceError } from '../../domain/shared/failure.ts';
import type { Access } from '../../github/api/access.ts';
import { RateLimited, Unreachable } from '../../github/api/errors.ts';
import { bad, type Check, good, warn } from './check.ts';

/** Scopes of a classic token with which Coppice can push and open pull requests. */
const ENOUGH = ['repo', 'public_repo'];

const NARROWER =
  'use a fine-grained token for this repository only, with Contents, Pull requests and Issues: https://github.com/settings/personal-access-tokens/new';

/** Checks whether the token has the permissions that Coppice needs, and whether it has more. */
export function checkToken({ scopes, permissions }: Access): Check {
  if (permissions && !permissions.push)
    return bad(
      'GitHub token',
      'the token may not push to this repository',
      'give it write access to Contents',
    );
  if (scopes && !scopes.some((scope) => ENOUGH.includes(scope)))
    return bad(
      'GitHub token',
      `its scopes are ${scopes.join(', ') || 'none'}`,
      'gh auth refresh --scopes repo',
    );
  if (permissions?.admin)
    return warn(
      'GitHub token',
      'the token could administer this repository, which Coppice never needs',
      NARROWER,
    );
  if (scopes)
    return warn(
      'GitHub token',
      `a classic one, for all your repositories (${scopes.join(', ')})`,
      NARROWER,
    );
  return good('GitHub token', 'the token may push to this repository');
}

/** Why GitHub did not report the token's permissions. Only a refused token must be replaced. */
export function checkNoAccess(error: unknown): Check {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof CoppiceError)
    return bad(
      'GitHub token',
      message,
      error.type === 'Unauthorized'
        ? 'gh auth login, or set GITHUB_TOKEN'
        : 'check the repository, and GITHUB_API_URL if it is set',
    );
  if (error instanceof RateLimited) return warn('GitHub', message, 'Coppice waits until then');
  return bad(
    'GitHub',
    message,
    error instanceof Unreachable
      ? 'check the network, and HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS where there is a proxy'
      : 'wait: https://www.githubstatus.com',
  );
}

/** Checks whether a rule protects the base branch from a stolen token or a mistake. */
export const checkBase = (branch: string, { isProtected }: Access): Check =>
  isProtected
    ? good('base branch', `${branch} is protected`)
    : warn(
        'base branch',
        `${branch} is not protected: whoever has the token could merge or push to it`,
        'add a rule that wants a review: Settings, Rules, Rulesets on GitHub',
      );

/** @param refused what rulesets refuse, a line each */
export const checkRules = (refused: readonly string[]): Check[] =>
  refused.map((what) => warn('GitHub rules', what, 'Settings, Rules, Rulesets on GitHub'));
