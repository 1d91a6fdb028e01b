import type { Octokit } from '@octokit/rest';
import { withManagedSection } from '../../domain/pull-request/managed-section.ts';
import { splitRepository } from '../../domain/shared/repository.ts';
import { translate } from '../api/errors.ts';
import { PullRequestResponse, parseResponse } from '../api/responses.ts';
import type { GitHub } from '../port.ts';

export const createBodies = (octokit: Octokit, apiUrl: string): Pick<GitHub, 'describe'> => ({
  async describe(repository, number, content) {
    const { pulls } = octokit.rest;
    const pull = { ...splitRepository(repository), pull_number: number };
    try {
      // GitHub has no conditional write, so the body is read just before, to keep a person's change.
      const { data } = await pulls.get(pull);
      const { body, state } = parseResponse(PullRequestResponse, data, apiUrl);
      const wanted = withManagedSection(body ?? '', content);
      if (state === 'open' && wanted !== (body ?? ''))
        await pulls.update({ ...pull, body: wanted });
    } catch (error) {
      const doing = `update the text of pull request #${number} of ${repository}`;
      throw translate(error, doing, apiUrl);
    }
  },
});
