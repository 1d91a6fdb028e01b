import type { Check, CheckFailure } from '../domain/pull-request/checks.ts';
import type { AskedOnIssue } from '../domain/pull-request/comment-text.ts';
import type { FeedbackItem } from '../domain/pull-request/feedback.ts';
import type { Base, SessionLocation } from '../domain/session/session.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';

interface ExamineInput {
  readonly location: SessionLocation;
  readonly base: Base;
  /** The commit whose checks are examined. */
  readonly headSha: string;
  readonly checks: readonly Check[];
  /** Ids of the checks that failed on the base branch at the last examination. */
  readonly known: readonly string[];
  /** Whether to examine them even if somebody else pushed the commit. */
  readonly anyway: boolean;
}

interface Examination {
  /** Whether someone else pushed the commit. */
  readonly theirs: boolean;
  /** Checks that fail on the base branch too. */
  readonly onBase: readonly Check[];
  /** Ids of the checks that failed on the base branch before, and pass there now. */
  readonly mended: readonly string[];
  /** The other checks, with the relevant part of their reports and logs. */
  readonly failures: readonly CheckFailure[];
  /** A key that is the same for the same failures of the same change. */
  readonly key: string;
}

interface ReplyInput {
  readonly location: SessionLocation;
  readonly pullRequest: number;
  readonly item: FeedbackItem;
  /** Points before it in its thread that the reply answers, too. */
  readonly others?: readonly Pick<FeedbackItem, 'id' | 'edited'>[];
  readonly text: string;
  /** The commit that resolves it; null when nothing was changed. */
  readonly commit: string | null;
}

export interface FeedbackActivities {
  examineChecks(input: ExamineInput): Promise<Examination>;
  /** Names of checks that the base branch requires, but that were not reported for the commit. */
  missingChecks(input: {
    readonly location: SessionLocation;
    readonly base: string;
    readonly headSha: string;
  }): Promise<readonly string[]>;
  /** Reruns checks, if GitHub allows it. */
  rerunChecks(input: {
    readonly location: SessionLocation;
    readonly checks: readonly Check[];
  }): Promise<void>;
  /**
   * Reads feedback that waits for the agent again. Returns the ids of items that were deleted or resolved,
   * and the present text of items that were edited.
   */
  rereadFeedback(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
    readonly items: readonly { readonly id: string; readonly version: string }[];
  }): Promise<{ readonly gone: readonly string[]; readonly edited: readonly FeedbackItem[] }>;
  /** Whether a commit only updates the branch from its base, as GitHub's button “Update branch” does. */
  isUpdate(input: {
    readonly location: SessionLocation;
    readonly headSha: string;
    /** Where the branch was before. */
    readonly before: string;
    /** The name of the base branch. */
    readonly base: string;
  }): Promise<boolean>;
  /** Posts one reply to an item of feedback, once, and resolves a thread in which only bots spoke. */
  reply(input: ReplyInput): Promise<void>;
  /**
   * Marks a draft as ready for review and requests reviews, unless checks are missing that the base branch
   * requires.
   * @returns the missing checks, if the input asks for them
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
  /** Shows the author of a command, with a reaction, whether it was accepted. */
  react(input: {
    readonly repository: RepositoryName;
    /** The number of the pull request, or of the issue, that has the comment. */
    readonly number: number;
    readonly item: FeedbackItem;
    readonly taken: boolean;
    /** A reply to the author, if the comment was not a valid command. */
    readonly help?: string;
  }): Promise<void>;
  /** Writes the session's question into the session's comment on the issue. */
  askOnIssue(input: {
    readonly repository: RepositoryName;
    readonly issue: number;
    readonly workflowId: string;
    readonly question: AskedOnIssue;
  }): Promise<void>;
}
