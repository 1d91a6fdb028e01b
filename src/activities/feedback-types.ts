import type { Check, CheckFailure } from '../domain/pull-request/checks.ts';
import type { AskedOnIssue } from '../domain/pull-request/comment-text.ts';
import type { FeedbackItem } from '../domain/pull-request/feedback.ts';
import type { Base, SessionLocation } from '../domain/session/session.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';

interface ExamineInput {
  readonly location: SessionLocation;
  readonly base: Base;
  /** The commit the checks are of. */
  readonly headSha: string;
  readonly checks: readonly Check[];
  /** Identities of those that failed on the base branch when they were last looked at. */
  readonly known: readonly string[];
  /** Whether to look at them whoever pushed the commit. */
  readonly anyway: boolean;
}

interface Examination {
  /** Whether someone else pushed the commit. */
  readonly theirs: boolean;
  /** Those that fail on the base branch too. */
  readonly onBase: readonly Check[];
  /** Identities of those that failed on the base branch before, and pass there now. */
  readonly mended: readonly string[];
  /** The others, with what a person would look at. */
  readonly failures: readonly CheckFailure[];
  /** The same for the same failures of the same change. */
  readonly key: string;
}

interface ReplyInput {
  readonly location: SessionLocation;
  readonly pullRequest: number;
  readonly item: FeedbackItem;
  readonly text: string;
  /** The commit that deals with it; null when nothing was changed. */
  readonly commit: string | null;
}

export interface FeedbackActivities {
  examineChecks(input: ExamineInput): Promise<Examination>;
  /** Names of the checks that the base branch requires, and that nobody has reported of a commit. */
  missingChecks(input: {
    readonly location: SessionLocation;
    readonly base: string;
    readonly headSha: string;
  }): Promise<readonly string[]>;
  /** Runs checks again, where GitHub allows. */
  rerunChecks(input: {
    readonly location: SessionLocation;
    readonly checks: readonly Check[];
  }): Promise<void>;
  /** Reads what waits for the agent again: what was taken back since, and what was edited, as it is now. */
  rereadFeedback(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
    readonly items: readonly { readonly id: string; readonly version: string }[];
  }): Promise<{ readonly gone: readonly string[]; readonly edited: readonly FeedbackItem[] }>;
  /** Answers one point where it was made, once, and resolves a bot's thread. */
  reply(input: ReplyInput): Promise<void>;
  /**
   * Makes a draft ready for review, and asks the reviewers, unless checks are missing that the base branch requires.
   * @returns those checks, when it was asked to look for them
   */
  makeReady(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
    readonly draft: boolean;
    readonly reviewers: readonly string[];
    /** The commit that the base branch's required checks must have been reported of; absent to look for none. */
    readonly required?: { readonly base: string; readonly headSha: string };
  }): Promise<{ readonly missing: readonly string[] }>;
}

export interface CommentActivities {
  /** Shows the author of a command that it was followed, or not taken. */
  react(input: {
    readonly repository: RepositoryName;
    /** Of the pull request, or of the issue it stands on. */
    readonly number: number;
    readonly item: FeedbackItem;
    readonly taken: boolean;
    /** What its author is told, when it was no command. */
    readonly help?: string;
  }): Promise<void>;
  /** Writes the session's question in its one comment on the issue. */
  askOnIssue(input: {
    readonly repository: RepositoryName;
    readonly issue: number;
    readonly workflowId: string;
    readonly question: AskedOnIssue;
  }): Promise<void>;
}
