import type { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { translate } from '../api/errors.ts';
import type { Graphql } from '../api/graphql.ts';
import { PullRequestResponse, parseResponse } from '../api/responses.ts';
import { REVIEWS, readList } from '../feedback/discussion.ts';
import type { GitHub } from '../port.ts';

const Login = z.object({ login: z.string() });

const ReadinessResponse = PullRequestResponse.extend({
  node_id: z.string(),
  user: Login.nullable(),
  requested_reviewers: z.array(Login).nullish(),
  requested_teams: z.array(z.object({ slug: z.string() })).nullish(),
});

/** Marks pull requests as ready for review, and requests reviews. */
export function createReadiness(
  octokit: Octokit,
  graphql: Graphql,
  apiUrl: string,
): Pick<GitHub, 'markReady' | 'requestReviewers'> {
  async function read(repository: RepositoryName, number: number) {
    try {
      const { data } = await octokit.rest.pulls.get({
        ...splitRepository(repository),
        pull_number: number,
      });
      return parseResponse(ReadinessResponse, data, apiUrl);
    } catch (error) {
      throw translate(error, `read pull request #${number} of ${repository}`, apiUrl);
    }
  }

  return {
    async markReady(repository, number) {
      const pull = await read(repository, number);
      if (!pull.draft || pull.state === 'closed') return;
      await graphql.mutate({
        document: `mutation ($id: ID!) {
          markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } }
        }`,
        variables: { id: pull.node_id },
        schema: z.unknown(),
        doing: `mark pull request #${number} of ${repository} as ready for review`,
      });
    },

    async requestReviewers(repository, number, wanted) {
      const pull = await read(repository, number);
      if (pull.state === 'closed') return;
      const reviews = await readList(graphql, repository, number, REVIEWS);
      const settled = [
        pull.user?.login, // authors can't review their own pull request
        ...(pull.requested_reviewers ?? []).map(({ login }) => login),
        ...(pull.requested_teams ?? []).map(({ slug }) => slug),
        ...reviews.map(({ author }) => author?.login),
      ].map((name) => name?.toLowerCase());
      const left = wanted
        .map((name) => ({ isTeam: name.includes('/'), name: name.split('/').at(-1) ?? name }))
        .filter(({ name }) => !settled.includes(name.toLowerCase()));
      if (left.length === 0) return;
      const names = (teams: boolean) =>
        left.filter(({ isTeam }) => isTeam === teams).map(({ name }) => name);
      try {
        await octokit.rest.pulls.requestReviewers({
          ...{ ...splitRepository(repository), pull_number: number },
          ...{ reviewers: names(false), team_reviewers: names(true) },
        });
      } catch (error) {
        const doing = `ask ${wanted.join(', ')} to review #${number} of ${repository}`;
        throw translate(error, doing, apiUrl);
      }
    },
  };
}
