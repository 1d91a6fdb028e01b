import type { Issue } from '../../domain/shared/issue.ts';
import type { After } from '../plan-file/plan-file.ts';

/** An issue with what matters for planning. */
export interface SurveyedIssue extends Issue {
  /** Logins. */
  readonly assignees: readonly string[];
}

/** An open pull request that says it closes an issue. */
export interface ClosingPullRequest {
  readonly number: number;
  readonly url: string;
}

/** `issue` comes after another, which may be closed, outside the plan, or a pull request. */
export interface Dependency extends After {
  readonly of: number;
}

/** Everything GitHub tells about issues that may be planned together. */
export interface Survey {
  /** By number. */
  readonly issues: readonly SurveyedIssue[];
  readonly dependencies: readonly Dependency[];
  /** What an issue's text may mean: hedged, conditional or past words. */
  readonly doubtful: readonly Dependency[];
  /** Issues and pull requests that `dependencies` name and `issues` lacks; absent when there is none of that number. */
  readonly others: ReadonlyMap<number, Issue>;
  /** Open issues of other repositories that an issue is blocked by on GitHub, as `owner/name#n`. */
  readonly foreign: ReadonlyMap<number, readonly string[]>;
  /** By the issue's number. */
  readonly closing: ReadonlyMap<number, ClosingPullRequest>;
  /** The person's login; undefined when the token does not tell. */
  readonly me: string | undefined;
  /** What a person should know, by issue. */
  readonly notes: ReadonlyMap<number, readonly string[]>;
}
