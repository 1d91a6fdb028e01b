import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { splitRepository } from '../../domain/shared/repository.ts';
import { translate } from '../api/errors.ts';
import { parseResponse } from '../api/responses.ts';
import type { GitHub } from '../port.ts';

const Comments = z.array(z.object({ id: z.number() }));

/** Reads GitHub's time, and the last comment of a repository. */
export const createSessionStart = (
  octokit: Octokit,
  apiUrl: string,
): Pick<GitHub, 'readClock'> => ({
  async readClock(repository) {
    try {
      const { data, headers } = await octokit.rest.issues.listCommentsForRepo({
        ...{ ...splitRepository(repository), sort: 'created', direction: 'desc', per_page: 1 },
      });
      const [last] = parseResponse(Comments, data, apiUrl);
      const date = headers.date === undefined ? new Date() : new Date(headers.date);
      return { at: date.toISOString(), lastComment: last?.id ?? 0 };
    } catch (error) {
      throw translate(error, `read the last comment of ${repository}`, apiUrl);
    }
  },
});
