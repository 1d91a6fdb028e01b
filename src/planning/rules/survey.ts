import type { Issue } from '../../domain/shared/issue.ts';
import type { After } from '../plan-file/plan-file.ts';

/** An issue, with the data that planning needs. */
export interface SurveyedIssue extends Issue {
  /** Logins. */
  readonly assignees: readonly string[];
}

/** An open pull request whose text says that it closes an issue. */
export interface ClosingPullRequest {
  readonly number: number;
  readonly url: string;
}

/** Issue `of` comes after `issue`, which may be closed, outside the plan, or a pull request. */
export interface Dependency extends After {
  readonly of: number;
}

/** Everything that GitHub knows about issues that may be planned together. */
export interface Survey {
  /** By number. */
  readonly issues: readonly SurveyedIssue[];
  readonly dependencies: readonly Dependency[];
  /** Orders that an issue's text may mean: its words are doubtful, conditional, or about the past. */
  readonly doubtful: readonly Dependency[];
  /**
   * Issues and pull requests that `dependencies` names and `issues` does not have. A number that does not
   * exist is absent.
   */
  readonly others: ReadonlyMap<number, Issue>;
  /** Open issues of other repositories that block an issue on GitHub, as `owner/name#n`. */
  readonly foreign: ReadonlyMap<number, readonly string[]>;
  /** By the issue's number. */
  readonly closing: ReadonlyMap<number, ClosingPullRequest>;
  /** The person's login; undefined when the token belongs to no user. */
  readonly me: string | undefined;
  /** Remarks for a person, by issue number. */
  readonly notes: ReadonlyMap<number, readonly string[]>;
}
