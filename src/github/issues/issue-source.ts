import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { ClosingPullRequest, SurveyedIssue } from '../../planning/rules/survey.ts';

/** How many requests run at the same time. GitHub allows 100 for all programs of a user. */
export const CONCURRENT_REQUESTS = 8;

/** Selects open issues of a repository. An issue must match all that is given. */
export interface IssueFilter {
  readonly labels: readonly string[];
  /** The title of the milestone. */
  readonly milestone?: string;
  /** A login, or `@me`. */
  readonly assignee?: string;
  /** In GitHub's search syntax. */
  readonly search?: string;
}

/** An issue from a list, with which of its relations need not be read. */
export interface ListedIssue extends SurveyedIssue {
  /** Whether the issue may have such relations on GitHub; false when GitHub reported that it has none. */
  readonly mayHave: { readonly blockers: boolean; readonly subIssues: boolean };
}

/** Another issue, of this repository or another. */
export interface RelatedIssue {
  readonly repository: RepositoryName;
  readonly number: number;
  readonly state: 'open' | 'closed';
}

/** Reads issues and their relations for planning. Errors are those of {@link GitHub}. */
export interface IssueSource {
  /** Open issues without pull requests, newest first. `progress` is called with the number read so far. */
  list(
    repository: RepositoryName,
    filter: IssueFilter,
    progress?: (read: number) => void,
  ): Promise<readonly ListedIssue[]>;
  /** The issues and pull requests with these numbers. Numbers that do not exist are left out. */
  read(
    repository: RepositoryName,
    numbers: readonly number[],
    progress?: (read: number) => void,
  ): Promise<ReadonlyMap<number, ListedIssue>>;
  blockedBy(repository: RepositoryName, issue: number): Promise<readonly RelatedIssue[]>;
  subIssues(repository: RepositoryName, issue: number): Promise<readonly RelatedIssue[]>;
  /** Open pull requests, by the number of the issue that their text says they close. */
  closing(repository: RepositoryName): Promise<ReadonlyMap<number, ClosingPullRequest>>;
  /** Login of the token's owner; undefined for an app's token. */
  me(): Promise<string | undefined>;
}
