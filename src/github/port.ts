import type { BranchRule } from '../domain/pull-request/branch-rules.ts';
import type { Check, CheckFailure } from '../domain/pull-request/checks.ts';
import type { FeedbackItem, IssueSnapshot } from '../domain/pull-request/feedback.ts';
import type { PullRequestSnapshot } from '../domain/pull-request/pull-request.ts';
import type { Issue } from '../domain/shared/issue.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';

/** A pull request to have: from branch `head` into branch `base`, both of the same repository. */
export interface PullRequestRequest {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  /** Coppice's part of it. */
  readonly body: string;
  /** Names the session; put into the body as a hidden comment. */
  readonly marker: string;
  /** Whether a new one is a draft, where the repository has drafts. */
  readonly draft?: boolean;
}

/** What a session watches: its issue, and its pull request once there is one. */
export interface Watched {
  readonly issue: number;
  readonly pullRequest: number | null;
}

/** How an issue and its pull request stand at one moment. */
export interface PullRequestPoll {
  /** Null when it was deleted or moved, or is hidden from the token. */
  readonly issue: IssueSnapshot | null;
  readonly pullRequest: PullRequestSnapshot | null;
  /** Another one when something may have been said; checks don't change it. */
  readonly fingerprint: string;
}

/** What one reading of a repository's issues and pull requests brought. */
export interface Pulses {
  /** Undefined for one whose answer can't be understood; the others have theirs. */
  readonly pulses: readonly (PullRequestPoll | undefined)[];
  /** Why, a line for each of those. */
  readonly problems: readonly string[];
  readonly rateLimit: RateLimit | null;
}

/** What GitHub still answers in this hour, in GraphQL points. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** What this reading took of it. */
  readonly cost: number;
  /** ISO 8601. */
  readonly resetAt: string;
}

/** A text with the name by which Coppice finds it again. */
export interface MarkedText {
  readonly marker: string;
  readonly text: string;
}

export type Reaction = 'eyes' | '+1' | '-1' | 'confused';

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
  /** The rules that hold for a branch, which need not exist; none where GitHub does not tell. */
  branchRules(repository: RepositoryName, branch: string): Promise<readonly BranchRule[]>;
  /**
   * Deletes a branch that is still at `sha` and that no open pull request has as base; one that is gone already is fine.
   */
  deleteBranch(repository: RepositoryName, branch: string, sha: string): Promise<void>;
  /**
   * Finds the session's pull request or creates it; twice is once. An open one of the same head is adopted, and so is one
   * that was merged with the commits the head has now. A closed one is not: reopening is a person's.
   */
  ensurePullRequest(
    repository: RepositoryName,
    request: PullRequestRequest,
  ): Promise<PullRequestSnapshot>;
  /**
   * Whether GitHub closed a pull request because its base branch was deleted. Such a one can't be reopened, nor pointed at
   * another base.
   */
  lostItsBase(repository: RepositoryName, pullRequest: number): Promise<boolean>;
  /** Points an open pull request at another base branch; leaves one that has ended, or is there already, as it is. */
  retarget(
    repository: RepositoryName,
    pullRequest: number,
    base: string,
  ): Promise<PullRequestSnapshot>;
  /**
   * Puts other content into Coppice's part of an open pull request's body. What people wrote, around it or into it, stays;
   * where they removed that part, nothing is written.
   */
  describe(repository: RepositoryName, pullRequest: number, content: string): Promise<void>;
  /**
   * Registers open pull requests, each against the branch of the one before, as one of GitHub's own stacks, or adds those
   * that it lacks. One that a person arranged otherwise stays.
   * @returns false where the repository has no such stacks
   */
  registerStack(repository: RepositoryName, pullRequests: readonly number[]): Promise<boolean>;
  /** Costs no rate limit while the pull request is unchanged. */
  readPullRequest(repository: RepositoryName, pullRequest: number): Promise<PullRequestSnapshot>;

  /**
   * Reads the issues and pull requests of a repository's sessions, about fifty for one point of GraphQL.
   * @returns a pulse for each, in their order; the budget is null where GitHub counts nothing
   * @throws UnknownRepository
   */
  readPulses(repository: RepositoryName, watched: readonly Watched[]): Promise<Pulses>;
  /** What GitHub says of now: the time, and the number of the repository's last comment, 0 when it has none. */
  readClock(
    repository: RepositoryName,
  ): Promise<{ readonly at: string; readonly lastComment: number }>;
  /**
   * All that others have said and that is not settled, oldest first: comments, reviews, and what was said in each open review thread
   * since Coppice replied there.
   */
  readFeedback(repository: RepositoryName, watched: Watched): Promise<FeedbackItem[]>;

  /** What a person would look at of a check of commit `sha`. */
  examineCheck(repository: RepositoryName, check: Check, sha: string): Promise<CheckFailure>;
  /** A file of a branch; null when it is not there, or is no text. */
  textOf(repository: RepositoryName, branch: string, path: string): Promise<string | null>;
  /** Whether a branch was only brought up to date with its base, by a merge or a rebase, since it was at `before`. */
  isUpdateOf(repository: RepositoryName, commit: string, before: string): Promise<boolean>;
  /** Names of the checks without which nothing can be merged into a branch. */
  requiredChecks(repository: RepositoryName, branch: string): Promise<readonly string[]>;
  /** All checks of a commit. @param commit its id, or a branch that is at it */
  checksOn(repository: RepositoryName, commit: string): Promise<readonly Check[]>;
  /**
   * Has checks that ended for reasons of the machine run again; twice is once. The jobs of one workflow run are run again together, for GitHub refuses
   * the next one while the first is under way. Where GitHub doesn't allow it, nothing is done.
   */
  rerun(repository: RepositoryName, checks: readonly Check[]): Promise<void>;

  /**
   * Answers where it was said, once for each marker.
   * @param number of the pull request, or of the issue it stands on
   * @returns false when its review thread is gone, and wants no answer
   */
  reply(
    repository: RepositoryName,
    number: number,
    answer: MarkedText & { readonly item: FeedbackItem },
  ): Promise<boolean>;
  /** @param thread GitHub's node id of it */
  resolveThread(thread: string): Promise<void>;
  /** Writes the one comment of this marker, or brings it up to date. @param number of an issue or pull request */
  upsertComment(repository: RepositoryName, number: number, comment: MarkedText): Promise<void>;
  react(repository: RepositoryName, item: FeedbackItem, reaction: Reaction): Promise<void>;
  /** Takes a pull request out of draft, unless it has ended. */
  markReady(repository: RepositoryName, pullRequest: number): Promise<void>;
  /** Asks those who have neither been asked nor reviewed. @param reviewers logins, and teams as `organisation/team` */
  requestReviewers(
    repository: RepositoryName,
    pullRequest: number,
    reviewers: readonly string[],
  ): Promise<void>;
}
