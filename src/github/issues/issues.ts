import type { Octokit } from '@octokit/rest';
import pMap from 'p-map';
import { z } from 'zod';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { RepositoryName, splitRepository } from '../../domain/shared/repository.ts';
import type { ClosingPullRequest } from '../../planning/rules/survey.ts';
import { isHttpError, translate } from '../api/errors.ts';
import { type Connection, createOctokit } from '../api/octokit.ts';
import { ListedIssueResponse, parseResponse } from '../api/responses.ts';
import type { IssueFilter, IssueSource, ListedIssue, RelatedIssue } from './issue-source.ts';
import { CONCURRENT_REQUESTS } from './issue-source.ts';
import { milestoneNumber, searchQuery } from './selection.ts';

const PAGE = 100;

/** Up to this many issues are read one by one; more are read as pages of a list. */
const FEW = 5;

/** GitHub's search returns at most 1,000 results, 100 on a page. */
const LAST_SEARCH_PAGE = 10;

const CLOSES =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:#|https?:\/\/[^\s/]+\/([\w.-]+\/[\w.-]+)\/issues\/)(\d{1,10})\b/gi;

/** Reads issues from GitHub's REST API. */
export function createIssueSource(connection: Connection): IssueSource {
  const octokit = createOctokit(connection);
  const { apiUrl } = connection;
  const asking = async <T>(doing: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      throw translate(error, doing, apiUrl);
    }
  };
  const one = async (
    repository: RepositoryName,
    number: number,
  ): Promise<ListedIssue | undefined> => {
    try {
      const at = { ...splitRepository(repository), issue_number: number };
      const { data } = await octokit.rest.issues.get(at);
      const issue = parseResponse(ListedIssueResponse, data, apiUrl);
      return issue.number === number ? issue : undefined; // moved to another repository
    } catch (error) {
      if (isHttpError(error, 404, 410)) return undefined;
      throw translate(error, `read issue #${number} of ${repository}`, apiUrl);
    }
  };
  const listed = (
    repository: RepositoryName,
    filter: IssueFilter,
    me: () => Promise<string | undefined>,
  ) =>
    filter.search === undefined
      ? listPages(octokit, repository, filter, me)
      : searchPages(octokit, searchQuery(repository, filter));

  const me = async (): Promise<string | undefined> => {
    try {
      const { data } = await octokit.rest.users.getAuthenticated();
      return parseResponse(z.object({ login: z.string() }), data, apiUrl).login;
    } catch (error) {
      if (isHttpError(error, 403)) return undefined;
      throw translate(error, 'read whose token it is', apiUrl);
    }
  };

  async function related(repository: RepositoryName, pages: AsyncIterable<{ data: unknown }>) {
    const found: RelatedIssue[] = [];
    for await (const { data } of pages)
      for (const { number, state, url } of parseResponse(
        z.array(ListedIssueResponse),
        data,
        apiUrl,
      ))
        found.push({ number, state, repository: repositoryOf(url) ?? repository });
    return found;
  }

  return {
    me,

    list: (repository, filter, progress = () => undefined) =>
      asking(`list issues of ${repository}`, async () => {
        const issues: ListedIssue[] = [];
        for await (const { data } of await listed(repository, filter, me)) {
          const page = parseResponse(z.array(ListedIssueResponse), data, apiUrl);
          issues.push(...page.filter(({ isPullRequest }) => !isPullRequest));
          progress(issues.length);
        }
        return issues;
      }),

    async read(repository, numbers, progress = () => undefined) {
      const found = new Map<number, ListedIssue>();
      const left = new Set(numbers);
      const take = (issue: ListedIssue) => {
        if (left.delete(issue.number)) found.set(issue.number, issue);
      };
      if (left.size > FEW)
        await asking(`list issues of ${repository}`, async () => {
          // At most as many pages are read as there are issues left to read one by one.
          let pages = 0;
          for await (const { data } of await listed(repository, { labels: [] }, me)) {
            parseResponse(z.array(ListedIssueResponse), data, apiUrl).forEach(take);
            progress(found.size);
            if (left.size <= FEW || ++pages >= left.size) break;
          }
        });
      await pMap(
        [...left],
        async (number) => {
          const issue = await one(repository, number);
          if (issue) take(issue);
        },
        { concurrency: CONCURRENT_REQUESTS },
      );
      return found;
    },

    blockedBy: (repository, issue) =>
      asking(`read what blocks #${issue} of ${repository}`, () =>
        related(
          repository,
          octokit.paginate.iterator(octokit.rest.issues.listDependenciesBlockedBy, {
            ...{ ...splitRepository(repository), issue_number: issue, per_page: PAGE },
          }),
        ).catch(noneIfUnsupported),
      ),

    subIssues: (repository, issue) =>
      asking(`read the sub-issues of #${issue} of ${repository}`, () =>
        related(
          repository,
          octokit.paginate.iterator(octokit.rest.issues.listSubIssues, {
            ...{ ...splitRepository(repository), issue_number: issue, per_page: PAGE },
          }),
        ).catch(noneIfUnsupported),
      ),

    closing: (repository) =>
      asking(`list pull requests of ${repository}`, async () => {
        const closing = new Map<number, ClosingPullRequest>();
        const pages = octokit.paginate.iterator(octokit.rest.pulls.list, {
          ...{ ...splitRepository(repository), state: 'open' as const, per_page: PAGE },
        });
        for await (const { data } of pages)
          for (const { number, html_url: url, body } of data)
            for (const [, where = repository, issue] of (body ?? '').matchAll(CLOSES))
              if (where.toLowerCase() === repository.toLowerCase())
                closing.set(Number(issue), { number, url });
        return closing;
      }),
  };
}

/** An older GitHub Enterprise Server does not have these relations. */
function noneIfUnsupported(error: unknown): RelatedIssue[] {
  if (isHttpError(error, 404, 410)) return [];
  throw error;
}

/**
 * Reads the pages of a search. Octokit's own pagination can't be used: it takes the wrong field of a response
 * with `search_type`.
 */
async function* searchPages(octokit: Octokit, q: string): AsyncGenerator<{ data: unknown }> {
  for (let page = 1; ; page++) {
    const asked = { q, page, advanced_search: 'true', per_page: PAGE };
    const { data } = await octokit.rest.search.issuesAndPullRequests(asked);
    yield { data: data.items };
    if (data.items.length < PAGE || page === LAST_SEARCH_PAGE) return;
  }
}

async function listPages(
  octokit: Octokit,
  repository: RepositoryName,
  { labels, milestone, assignee }: IssueFilter,
  me: () => Promise<string | undefined>,
) {
  const at = splitRepository(repository);
  const login = assignee === '@me' ? await me() : assignee;
  if (assignee === '@me' && login === undefined)
    throw new CoppiceError(
      'InvalidInput',
      'the token belongs to no user, so @me means nobody: give a login',
    );
  return octokit.paginate.iterator(octokit.rest.issues.listForRepo, {
    ...{ ...at, state: 'open' as const, per_page: PAGE },
    ...(labels.length > 0 && { labels: labels.join(',') }),
    ...(milestone !== undefined && {
      milestone: await milestoneNumber(octokit, repository, milestone),
    }),
    ...(login !== undefined && { assignee: login }),
  });
}

const repositoryOf = (url: string): RepositoryName | undefined => {
  const [, name] = /^https?:\/\/[^/]+\/([^/]+\/[^/]+)\/(?:issues|pull)\//.exec(url) ?? [];
  return RepositoryName.safeParse(name).data;
};
