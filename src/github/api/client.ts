import { z } from 'zod';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { splitRepository } from '../../domain/shared/repository.ts';
import { createActionsChecks } from '../checks/actions-checks.ts';
import { createChecks } from '../checks/checks.ts';
import { createRequiredChecks } from '../checks/required-checks.ts';
import { createSessionStart } from '../feedback/clock.ts';
import { createFeedback } from '../feedback/feedback.ts';
import { createReplies } from '../feedback/replies.ts';
import type { GitHub } from '../port.ts';
import { createBodies } from '../pull-requests/bodies.ts';
import { createClosing } from '../pull-requests/closing.ts';
import { createPullRequests, type TipOf } from '../pull-requests/pull-requests.ts';
import { createReadiness } from '../pull-requests/readiness.ts';
import { createRules } from '../pull-requests/rules.ts';
import { createStacks } from '../pull-requests/stacks.ts';
import { createUpdates } from '../pull-requests/updates.ts';
import { createPullRequestPolls } from '../watcher/pull-request-polls.ts';
import { isHttpError, reasons, translate } from './errors.ts';
import { createGraphql } from './graphql.ts';
import { type Connection, createOctokit } from './octokit.ts';
import { createMayWrite } from './permissions.ts';
import { parseResponse, RefResponse, RepositoryResponse, toIssue } from './responses.ts';
import { RECHECK_AFTER } from './write-once.ts';

/**
 * Makes the connection to GitHub, over its REST and GraphQL APIs. Use one for the whole life of a process,
 * because it caches what makes later requests cheap.
 */
export function createGitHub(connection: Connection): GitHub {
  const octokit = createOctokit(connection);
  const { apiUrl, late = RECHECK_AFTER } = connection;
  const actionsChecks = createActionsChecks(octokit, apiUrl);
  // GraphQL queries are POST requests, so Octokit's throttling would delay them as if they were writes.
  const queries = createOctokit({ ...connection, spaced: false });
  const graphql = createGraphql(queries, octokit, apiUrl);

  const tipOf: TipOf = async (repository, branch) => {
    try {
      const { data } = await octokit.rest.git.getRef({
        ...splitRepository(repository),
        ref: `heads/${branch}`,
      });
      return parseResponse(RefResponse, data, apiUrl).object.sha;
    } catch (error) {
      if (isHttpError(error, 404, 409)) return undefined; // 409: the repository is empty
      throw translate(error, `read branch ${branch} of ${repository}`, apiUrl);
    }
  };

  const rules = createRules(octokit, apiUrl);

  return {
    ...createPullRequests(octokit, apiUrl, tipOf, late),
    ...createPullRequestPolls(graphql, apiUrl, actionsChecks),
    ...createSessionStart(octokit, apiUrl),
    ...createFeedback(graphql, createMayWrite(octokit, apiUrl)),
    ...createChecks(octokit, graphql, apiUrl, actionsChecks),
    ...createReplies(octokit, graphql, apiUrl, late),
    ...createReadiness(octokit, graphql, apiUrl),
    ...createBodies(octokit, apiUrl),
    ...createStacks(octokit, apiUrl),
    ...createClosing(graphql),
    ...createUpdates(graphql),
    ...rules,
    ...createRequiredChecks(octokit, apiUrl, rules),

    async readIssue(repository, number) {
      try {
        const { data } = await octokit.rest.issues.get({
          ...splitRepository(repository),
          issue_number: number,
        });
        const issue = parseResponse(toIssue, data, apiUrl);
        if (issue.number === number) return issue;
        throw new CoppiceError(
          'IssueNotWorkable',
          `#${number} of ${repository} was moved to ${issue.url}`,
        );
      } catch (error) {
        if (!isHttpError(error, 404, 410))
          throw translate(error, `read issue #${number} of ${repository}`, apiUrl);
        throw new CoppiceError(
          'IssueNotWorkable',
          error.status === 404
            ? `${repository} has no issue #${number}, or the GitHub token may not see it`
            : `${repository} has no issue #${number} any more: ${reasons(error).join('; ')}`,
        );
      }
    },

    async defaultBranch(repository) {
      try {
        const { data } = await octokit.rest.repos.get(splitRepository(repository));
        return parseResponse(RepositoryResponse, data, apiUrl).default_branch;
      } catch (error) {
        if (!isHttpError(error, 404)) throw translate(error, `read ${repository}`, apiUrl);
        throw new CoppiceError(
          'UnknownRepository',
          `There is no repository ${repository} at ${apiUrl}, or the GitHub token may not see it`,
        );
      }
    },

    async deleteBranch(repository, branch, sha) {
      const where = splitRepository(repository);
      try {
        const base = { ...where, base: branch, state: 'open', per_page: 1 } as const;
        const { data } = await octokit.rest.pulls.list(base);
        if (parseResponse(z.array(z.unknown()), data, apiUrl).length > 0) return;
        if ((await tipOf(repository, branch)) !== sha) return;
        await octokit.rest.git.deleteRef({ ...where, ref: `heads/${branch}` });
      } catch (error) {
        if (isHttpError(error, 404, 422)) return; // somebody else has deleted it
        throw translate(error, `delete branch ${branch} of ${repository}`, apiUrl);
      }
    },

    async branchExists(repository, branch) {
      return (await tipOf(repository, branch)) !== undefined;
    },
  };
}
