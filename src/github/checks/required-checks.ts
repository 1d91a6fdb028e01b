import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, translate } from '../api/errors.ts';
import { parseResponse } from '../api/responses.ts';
import type { GitHub } from '../port.ts';

const Branch = z.object({
  protection: z
    .object({
      required_status_checks: z.object({ contexts: z.array(z.string()).optional() }).optional(),
    })
    .optional(),
});

/**
 * Reads which checks rulesets and branch protection require. If the token may not read them, the list is
 * empty.
 */
export const createRequiredChecks = (
  octokit: Octokit,
  apiUrl: string,
  { branchRules }: Pick<GitHub, 'branchRules'>,
): Pick<GitHub, 'requiredChecks'> => ({
  async requiredChecks(repository, branch) {
    const rules = await branchRules(repository, branch);
    const byRules = rules.flatMap(({ checks }) => checks);
    try {
      const { data } = await octokit.rest.repos.getBranch({
        ...{ ...splitRepository(repository), branch },
      });
      const { protection } = parseResponse(Branch, data, apiUrl);
      return [...new Set([...byRules, ...(protection?.required_status_checks?.contexts ?? [])])];
    } catch (error) {
      if (isHttpError(error, 403, 404)) return [...new Set(byRules)];
      throw translate(error, `read what branch ${branch} of ${repository} requires`, apiUrl);
    }
  },
});
