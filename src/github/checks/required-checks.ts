import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import type { RequiredCheck } from '../../domain/pull-request/branch-rules.ts';
import { splitRepository } from '../../domain/shared/repository.ts';
import { isHttpError, translate } from '../api/errors.ts';
import { parseResponse } from '../api/responses.ts';
import type { GitHub } from '../port.ts';

const Branch = z.object({
  protection: z
    .object({
      required_status_checks: z
        .object({
          contexts: z.array(z.string()).default([]),
          checks: z
            .array(z.object({ context: z.string(), app_id: z.number().nullish() }))
            .optional(),
        })
        .optional(),
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
      return [...byRules, ...ofProtection(protection?.required_status_checks)];
    } catch (error) {
      if (isHttpError(error, 403, 404)) return byRules;
      throw translate(error, `read what branch ${branch} of ${repository} requires`, apiUrl);
    }
  },
});

type Protected = NonNullable<z.infer<typeof Branch>['protection']>['required_status_checks'];

/** What branch protection requires. Servers that do not tell the apps tell the names only. */
function ofProtection(required: Protected): RequiredCheck[] {
  if (!required?.checks) return (required?.contexts ?? []).map((name) => ({ name, app: null }));
  // Protection has -1 for a check that any app may report.
  return required.checks.map(({ context: name, app_id: app }) => ({
    ...{ name, app: app != null && app > 0 ? app : null },
  }));
}
