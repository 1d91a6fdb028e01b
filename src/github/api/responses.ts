import { z } from 'zod';
import { NO_CHECKS } from '../../domain/pull-request/checks.ts';
import type { PullRequestSnapshot } from '../../domain/pull-request/pull-request.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import type { Issue } from '../../domain/shared/issue.ts';
import type { ListedIssue } from '../issues/issue-source.ts';
import { Unreachable } from './errors.ts';

/**
 * Schemas of the parts of GitHub's responses that Coppice reads. Users are not among them, because a deleted
 * account is null.
 */

export const RepositoryResponse = z.object({ default_branch: z.string().min(1) });

export const RefResponse = z.object({ object: z.object({ sha: z.string() }) });

const Label = z.union([z.string(), z.object({ name: z.string().nullish() })]);

const IssueResponse = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  pull_request: z.unknown().optional(),
  labels: z.array(Label),
});

export const toIssue = IssueResponse.transform(
  (issue): Issue => ({
    number: issue.number,
    title: issue.title,
    body: issue.body ?? '',
    url: issue.html_url,
    state: issue.state,
    isPullRequest: issue.pull_request != null,
    labels: issue.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? ''))),
  }),
);

/** An issue in a list. GitHub's counts of its relations show which relations need not be read. */
export const ListedIssueResponse = IssueResponse.extend({
  assignees: z.array(z.object({ login: z.string() })).nullish(),
  issue_dependencies_summary: z.object({ total_blocked_by: z.number() }).nullish(),
  sub_issues_summary: z.object({ total: z.number() }).nullish(),
}).transform(
  (issue): ListedIssue => ({
    ...toIssue.parse(issue),
    assignees: (issue.assignees ?? []).map(({ login }) => login),
    mayHave: {
      blockers: issue.issue_dependencies_summary?.total_blocked_by !== 0,
      subIssues: issue.sub_issues_summary?.total !== 0,
    },
  }),
);

export const PullRequestResponse = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullable(),
  draft: z.boolean().default(false),
  body: z.string().nullish(),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
});
export type PullRequestResponse = z.infer<typeof PullRequestResponse>;

/**
 * A snapshot from GitHub's REST API, which does not report checks, and does not reliably report mergeability.
 * The watcher reads both.
 */
export const toSnapshot = (pull: PullRequestResponse): PullRequestSnapshot => ({
  number: pull.number,
  url: pull.html_url,
  state: pull.state,
  merged: pull.merged_at !== null,
  draft: pull.draft,
  headSha: pull.head.sha,
  base: pull.base.ref,
  ...{ mergeable: 'unknown', checks: NO_CHECKS },
});

/**
 * Parses a response of GitHub.
 * @throws Unreachable for text that is not JSON, such as a proxy's login page, because the next response may be
 *   GitHub's again
 * @throws GitHubRejected when `data` does not match the schema
 */
export function parseResponse<Schema extends z.ZodType>(
  schema: Schema,
  data: unknown,
  apiUrl: string,
): z.output<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const question = "is it GitHub's API (GITHUB_API_URL), and is a proxy in between?";
  // Octokit returns text when it can't parse a response, and undefined as the data of a query.
  if (typeof data === 'string' || data === undefined)
    throw new Unreachable(apiUrl, `it answered with text that is not JSON: ${question}`);
  throw new CoppiceError(
    'GitHubRejected',
    `${apiUrl} answered with JSON in an unexpected format: ${question}`,
    z.prettifyError(result.error),
  );
}
