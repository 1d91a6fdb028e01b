import type { Issue } from '../domain/issue.ts';
import type { PullRequestSnapshot } from '../domain/pull-request.ts';
import type { RepositoryName } from '../domain/repository.ts';

/** A pull request to have: from branch `head` into branch `base`, both of the same repository. */
export interface PullRequestRequest {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  /** Names the session; put into the body as a hidden comment. */
  readonly marker: string;
}

/**
 * All that Coppice does on GitHub. There is no merge here, and there never is: merging is a person's.
 *
 * Every call throws CoppiceError `Unauthorized` when the token is missing or may not do it, and `GitHubRejected` when
 * GitHub refuses for good; {@link RateLimited}, {@link Unreachable} and other errors mean: again later.
 */
export interface GitHub {
  /** Reads an issue, or a pull request as the issue it also is. @throws IssueNotWorkable when there is none */
  readIssue(repository: RepositoryName, issue: number): Promise<Issue>;
  /** @throws UnknownRepository */
  defaultBranch(repository: RepositoryName): Promise<string>;
  branchExists(repository: RepositoryName, branch: string): Promise<boolean>;
  /**
   * Finds the session's pull request or creates it; twice is once. An open one of the same head is adopted, and so is one
   * that was merged with the commits the head has now. A closed one is not: reopening is a person's.
   */
  ensurePullRequest(
    repository: RepositoryName,
    request: PullRequestRequest,
  ): Promise<PullRequestSnapshot>;
  /** Points an open pull request at another base branch; leaves one that has ended, or is there already, as it is. */
  retarget(
    repository: RepositoryName,
    pullRequest: number,
    base: string,
  ): Promise<PullRequestSnapshot>;
  /** Costs no rate limit while the pull request is unchanged. */
  readPullRequest(repository: RepositoryName, pullRequest: number): Promise<PullRequestSnapshot>;
}
