import type { RepositoryName } from '../../domain/shared/repository.ts';
import type { ClosingPullRequest, SurveyedIssue } from '../../planning/rules/survey.ts';

/** Which open issues of a repository; all that is given must hold. */
export interface IssueFilter {
  readonly labels: readonly string[];
  /** Its title. */
  readonly milestone?: string;
  /** A login, or `@me`. */
  readonly assignee?: string;
  /** In GitHub's search syntax. */
  readonly search?: string;
}

/** An issue as GitHub lists it, with what saves asking for its relations. */
export interface ListedIssue extends SurveyedIssue {
  /** Whether GitHub's own relations must be asked for: false when it said that there are none. */
  readonly mayHave: { readonly blockers: boolean; readonly subIssues: boolean };
}

/** Another issue, of this repository or another. */
export interface RelatedIssue {
  readonly repository: RepositoryName;
  readonly number: number;
  readonly state: 'open' | 'closed';
}

/** GitHub's issues and their relations, read for planning. Errors are those of {@link GitHub}. */
export interface IssueSource {
  /** Open issues, pull requests left out, newest first. `progress` is told the number read so far. */
  list(
    repository: RepositoryName,
    filter: IssueFilter,
    progress?: (read: number) => void,
  ): Promise<readonly ListedIssue[]>;
  /** The issues and pull requests of these numbers; those that are not there are left out. */
  read(
    repository: RepositoryName,
    numbers: readonly number[],
    progress?: (read: number) => void,
  ): Promise<ReadonlyMap<number, ListedIssue>>;
  blockedBy(repository: RepositoryName, issue: number): Promise<readonly RelatedIssue[]>;
  subIssues(repository: RepositoryName, issue: number): Promise<readonly RelatedIssue[]>;
  /** Open pull requests by the issue they say they close. */
  closing(repository: RepositoryName): Promise<ReadonlyMap<number, ClosingPullRequest>>;
  /** Login of the token's owner; undefined for an app's token. */
  me(): Promise<string | undefined>;
}
