import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { type Checks, NO_CHECKS, summariseChecks } from '../../domain/pull-request/checks.ts';
import type { IssueSnapshot } from '../../domain/pull-request/feedback.ts';
import type { PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { type RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import { withoutTicks } from '../../domain/shared/task-list.ts';
import { RateLimited, Unreachable } from '../api/errors.ts';
import { type Graphql, present } from '../api/graphql.ts';
import { parseResponse } from '../api/responses.ts';
import type { ActionsChecks } from '../checks/actions-checks.ts';
import { checksOfHead, readContexts } from '../checks/commit-checks.ts';
import type { Contexts } from '../checks/rollup.ts';
import type { Polls, PullRequestPoll, Watched } from '../port.ts';
import { documentFor, Issue, PollResponse, Pull } from './poll-query.ts';

/** How many sessions one query reads. It costs about one point. */
const BATCH = 50;

/**
 * GitHub aborts a query after ten seconds. Then the next queries are smaller, down to `SMALLEST`, and grow
 * again by `GROWTH` after each success.
 */
const SMALLEST = 5;
const GROWTH = 5;

/** The checks of a branch whose last push GitHub has not processed yet. They will appear later. */
const TO_COME: Checks = { ...NO_CHECKS, total: 1, pending: 1 };

const NO_CONTEXTS: Contexts = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };

export const createPullRequestPolls = (
  graphql: Graphql,
  apiUrl: string,
  actionsChecks: ActionsChecks,
) => {
  let size = BATCH;

  async function readBatch(
    repository: RepositoryName,
    watched: readonly Watched[],
  ): Promise<Polls> {
    const { owner, repo: name } = splitRepository(repository);
    const response = await graphql.query({
      document: documentFor(watched),
      variables: { owner, name },
      schema: PollResponse,
      doing: `read the watched issues and pull requests of ${repository}`,
      items: 'repository',
    });
    const found = present(response.repository, repository);
    const polls: (PullRequestPoll | undefined)[] = [];
    const problems: string[] = [];
    for (const one of watched) {
      try {
        polls.push(await readOne(repository, one, found));
      } catch (error) {
        // A response that can't be parsed affects only its own session.
        if (!(error instanceof CoppiceError)) throw error;
        polls.push(undefined);
        problems.push(`${nameOf(repository, one)} can't be read: ${error.message}`);
      }
    }
    return { polls, problems, rateLimit: response.rateLimit };
  }

  async function readOne(
    repository: RepositoryName,
    { issue, pullRequest }: Watched,
    found: Readonly<Record<string, unknown>>,
  ): Promise<PullRequestPoll> {
    // A deleted object is null. An object that is missing in the response fails to parse.
    const read = <Schema extends z.ZodType>(schema: Schema, name: string) =>
      parseResponse(schema.nullable(), name in found ? found[name] : {}, apiUrl);
    const said = read(Issue, `issue${issue}`);
    const pull = pullRequest === null ? null : read(Pull, `pull${pullRequest}`);
    return {
      issue: said && issueSnapshot(said),
      pullRequest: pull && snapshot(pull, await readChecks(repository, pull)),
      fingerprint: fingerprint(said, pull),
    };
  }

  async function readChecks(repository: RepositoryName, pull: Pull): Promise<Checks> {
    const commit = pull.headRef?.target;
    if (!commit) return NO_CHECKS;
    if (commit.oid !== pull.headRefOid) return TO_COME;
    const { nodes, pageInfo } = commit.statusCheckRollup?.contexts ?? NO_CONTEXTS;
    const { headRefOid: sha } = pull;
    const others = pageInfo.hasNextPage
      ? await readContexts(graphql, repository, sha, pageInfo.endCursor)
      : null;
    const contexts = [...(nodes ?? []), ...(others?.contexts ?? [])];
    const checks = await checksOfHead({ repository, sha, contexts }, actionsChecks);
    return summariseChecks(checks.map(({ description, app, ...check }) => check));
  }

  return {
    async readPolls(repository: RepositoryName, watched: readonly Watched[]): Promise<Polls> {
      const batches: Awaited<ReturnType<typeof readBatch>>[] = [];
      for (let from = 0; from < watched.length; ) {
        const part = watched.slice(from, from + size);
        try {
          batches.push(await readBatch(repository, part));
        } catch (error) {
          if (isOverload(error)) size = Math.max(SMALLEST, Math.floor(part.length / 2));
          throw error;
        }
        from += part.length;
        size = Math.min(BATCH, size + GROWTH);
      }
      const rateLimits = batches.flatMap(({ rateLimit }) => rateLimit ?? []);
      const latest = rateLimits.at(-1);
      const cost = rateLimits.reduce((sum, budget) => sum + budget.cost, 0);
      return {
        polls: batches.flatMap(({ polls }) => polls),
        problems: batches.flatMap(({ problems }) => problems),
        rateLimit: latest ? { ...latest, cost } : null,
      };
    },
  };
};

const nameOf = (repository: RepositoryName, { issue, pullRequest }: Watched): string =>
  pullRequest === null
    ? `${repository}#${issue}`
    : `${repository}#${issue} with its pull request #${pullRequest}`;

/** Whether an error may be caused by a query that is too large. */
const isOverload = (error: unknown): boolean =>
  !(error instanceof CoppiceError || error instanceof RateLimited || error instanceof Unreachable);

const issueSnapshot = ({ state, title, body }: Issue): IssueSnapshot => ({
  state: state === 'CLOSED' ? 'closed' : 'open',
  title,
  digest: createHash('sha256')
    .update(JSON.stringify([title, withoutTicks(body)]))
    .digest('hex'),
});

const MERGEABLE: Readonly<Record<string, PullRequestSnapshot['mergeable']>> = {
  MERGEABLE: 'yes',
  CONFLICTING: 'conflicting',
};

/** Whether at least one reviewer approves the pull request, and none requests changes. */
function isApproved({ latestOpinionatedReviews: reviews }: Pull): boolean {
  const states = reviews?.nodes.map(({ state }) => state) ?? [];
  return states.includes('APPROVED') && !states.includes('CHANGES_REQUESTED');
}

const snapshot = (pull: Pull, checks: Checks): PullRequestSnapshot => ({
  number: pull.number,
  url: pull.url,
  state: pull.state === 'OPEN' ? 'open' : 'closed',
  merged: pull.merged,
  draft: pull.isDraft,
  headSha: pull.headRefOid,
  ...(pull.headRef === null && { headGone: true as const }),
  base: pull.baseRefName,
  ...(pull.baseRef?.target && { baseSha: pull.baseRef.target.oid }),
  approved: isApproved(pull),
  mergeable: MERGEABLE[pull.mergeable] ?? 'unknown',
  checks,
});

/**
 * Identifies the state of all comments. GitHub's times have whole seconds, so counts are added to notice two
 * comments in the same second.
 */
const fingerprint = (issue: Issue | null, pull: Pull | null): string =>
  [
    ...[issue?.updatedAt, issue?.comments.totalCount],
    ...[pull?.updatedAt, pull?.comments.totalCount],
    ...[pull?.reviews?.totalCount, pull?.reviewThreads.totalCount],
  ].join(' ');
