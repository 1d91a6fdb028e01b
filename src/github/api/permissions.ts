import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, translate } from './errors.ts';
import { parseResponse } from './responses.ts';

/** Whether a person may push to a repository. */
export type MayWrite = (repository: RepositoryName, login: string) => Promise<boolean>;

/** How long a response is cached, in milliseconds. */
const CACHE_TIME = 10 * 60_000;

/**
 * `admin`, `write`, `read` or `none`. GitHub reports `maintain`, `triage` and custom roles as one of these.
 */
const Permission = z.object({ permission: z.string() });

/** Makes a function that asks GitHub whether a user may push, and caches the response. */
export function createMayWrite(octokit: Octokit, apiUrl: string): MayWrite {
  const known = new Map<string, { readonly may: boolean; readonly until: number }>();

  async function ask(repository: RepositoryName, username: string): Promise<boolean> {
    try {
      const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({
        ...splitRepository(repository),
        username,
      });
      return /^(admin|write)$/.test(parseResponse(Permission, data, apiUrl).permission);
    } catch (error) {
      if (isHttpError(error, 404)) return false; // not a collaborator, or a deleted user
      throw translate(error, `read what ${username} may do in ${repository}`, apiUrl);
    }
  }

  return async (repository, login) => {
    const key = `${repository} ${login}`;
    const cached = known.get(key);
    if (cached && cached.until > Date.now()) return cached.may;
    const may = await ask(repository, login);
    known.set(key, { may, until: Date.now() + CACHE_TIME });
    return may;
  };
}
