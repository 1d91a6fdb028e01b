import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, translate } from '../api/errors.ts';
import { parseResponse } from '../api/responses.ts';
import type { GitHub } from '../port.ts';

const STACKS = '/repos/{owner}/{repo}/stacks';

const Stacks = z.array(
  z.object({
    number: z.number(),
    pull_requests: z.array(z.object({ number: z.number(), state: z.string() })),
  }),
);

/** Registers GitHub's native stacks. They are a preview, so Octokit has no methods for them yet. */
export const createStacks = (octokit: Octokit, apiUrl: string): Pick<GitHub, 'registerStack'> => ({
  async registerStack(repository, pullRequests) {
    const where = splitRepository(repository);
    const [bottom] = pullRequests;
    if (bottom === undefined) return true;
    try {
      const found = await octokit.request(`GET ${STACKS}`, {
        ...where,
        pull_request: bottom,
      });
      const [stack] = parseResponse(Stacks, found.data, apiUrl);
      if (!stack) {
        await octokit.request(`POST ${STACKS}`, { ...where, pull_requests: [...pullRequests] });
        return true;
      }
      const open = stack.pull_requests.filter(({ state }) => state === 'open');
      const isOurs = open.every(({ number }, index) => pullRequests[index] === number);
      const added = pullRequests.slice(open.length);
      if (isOurs && added.length > 0)
        await octokit.request(`POST ${STACKS}/{stack_number}/add`, {
          ...{ ...where, stack_number: stack.number, pull_requests: added },
        });
      return true;
    } catch (error) {
      if (isHttpError(error, 404)) return false;
      // A person has arranged the pull requests differently, and that stays.
      if (isHttpError(error, 409, 422)) return true;
      throw translate(error, `register a stack of ${repository}`, apiUrl);
    }
  },
});
