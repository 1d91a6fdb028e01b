import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, translate } from './errors.ts';
import { createOctokit } from './octokit.ts';
import { parseResponse } from './responses.ts';
import { githubApiUrl, tokenSource } from './token.ts';

/** What the token may do in a repository, as GitHub reports it. */
export interface Access {
  /** The scopes of a classic token; absent for other tokens. */
  readonly scopes?: readonly string[];
  /** Absent when GitHub does not report them, for example for a GitHub App. */
  readonly permissions?: { readonly push: boolean; readonly admin: boolean };
  readonly defaultBranch: string;
  /** Whether the base branch is protected. */
  readonly isProtected: boolean;
}

const Repository = z.object({
  default_branch: z.string(),
  permissions: z.object({ push: z.boolean(), admin: z.boolean() }).optional(),
});

const Branch = z.object({ protected: z.boolean() });

/**
 * Reads what the token may do.
 * @param base the configured base branch; the default branch when undefined
 * @throws Unauthorized, GitHubRejected
 */
export async function readAccess(
  env: NodeJS.ProcessEnv,
  repository: RepositoryName,
  base: string | undefined,
): Promise<Access> {
  const apiUrl = githubApiUrl(env);
  const octokit = createOctokit({ apiUrl, tokens: tokenSource(env) });
  try {
    const { data, headers } = await octokit.rest.repos.get(splitRepository(repository));
    const { default_branch: defaultBranch, permissions } = parseResponse(Repository, data, apiUrl);
    const scopes = headers['x-oauth-scopes'];
    const isProtected = await protectedBranch(octokit, repository, base ?? defaultBranch, apiUrl);
    return {
      ...(typeof scopes === 'string' && {
        scopes: scopes.split(',').flatMap((scope) => scope.trim() || []),
      }),
      ...(permissions && { permissions }),
      ...{ defaultBranch, isProtected },
    };
  } catch (error) {
    throw translate(error, `read ${repository}`, apiUrl);
  }
}

async function protectedBranch(
  octokit: Octokit,
  repository: RepositoryName,
  branch: string,
  apiUrl: string,
): Promise<boolean> {
  try {
    const { data } = await octokit.rest.repos.getBranch({ ...splitRepository(repository), branch });
    return parseResponse(Branch, data, apiUrl).protected;
  } catch (error) {
    if (isHttpError(error, 404)) return false;
    throw error;
  }
}
