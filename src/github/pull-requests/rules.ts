import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { BranchRule } from '../../domain/pull-request/branch-rules.ts';
import { splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, translate } from '../api/errors.ts';
import { parseResponse } from '../api/responses.ts';
import type { GitHub } from '../port.ts';

const Rules = z.array(
  z
    .object({
      type: z.string(),
      parameters: z
        .object({
          required_status_checks: z
            .array(z.object({ context: z.string(), integration_id: z.number().nullish() }))
            .optional(),
          do_not_enforce_on_create: z.boolean().optional(),
        })
        .optional(),
    })
    .transform(
      ({ type, parameters = {} }): BranchRule => ({
        type,
        checks: (parameters.required_status_checks ?? []).map(
          ({ context: name, integration_id: app = null }) => ({ name, app }),
        ),
        afterCreation: parameters.do_not_enforce_on_create ?? false,
      }),
    ),
);

/**
 * Reads the rules of GitHub's rulesets. If a server has no rulesets, or the token may not read them, the list
 * is empty.
 */
export const createRules = (octokit: Octokit, apiUrl: string): Pick<GitHub, 'branchRules'> => ({
  async branchRules(repository, branch) {
    try {
      const where = { ...splitRepository(repository), branch, per_page: 100 };
      const { data } = await octokit.rest.repos.getBranchRules(where);
      return parseResponse(Rules, data, apiUrl);
    } catch (error) {
      if (isHttpError(error, 403, 404)) return [];
      throw translate(error, `read the rules for ${branch} of ${repository}`, apiUrl);
    }
  },
});
