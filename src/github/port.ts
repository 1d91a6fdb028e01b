import type { BranchRule, RequiredCheck } from '../domain/pull-request/branch-rules.ts';
import type { Check, CheckFailure } from '../domain/pull-request/checks.ts';
import type { FeedbackItem, IssueSnapshot } from '../domain/pull-request/feedback.ts';
import type { PullRequestSnapshot } from '../domain/pull-request/pull-request.ts';
import type { Issue } from '../domain/shared/issue.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';

/** A pull request that shall exist, from branch `head` into branch `base` of the same repository. */
export interface PullRequestRequest {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  /** The content of Coppice's section of the body. */
  readonly body: string;
  /** Names the session. It is put into the body as a hidden comment. */
  readonly marker: string;
  /** Whether a new pull request is a draft, if the repository supports drafts. */
  readonly draft?: boolean;
}

/** What is watched for a session: its issue, and its pull request when there is one. */
export interface Watched {
  readonly issue: number;
  readonly pullRequest: number | null;
}

/** The state of an issue and its pull request at one moment. */
export interface PullRequestPoll {
  /** Null when the issue was deleted or moved, or the token may not see it. */
  readonly issue: IssueSnapshot | null;
  readonly pullRequest: PullRequestSnapshot | null;
  /** Changes when there may be a new or edited comment or review. Checks do not change it. */
  readonly fingerprint: string;
}

/** The result of one reading of a repository's issues and pull requests. */
export interface Polls {
  /** One for each watched issue. It is undefined when GitHub's response for it can't be parsed. */
  readonly polls: readonly (PullRequestPoll | undefined)[];
  /** Why a response can't be parsed, one line for each. */
  readonly problems: readonly string[];
  readonly rateLimit: RateLimit | null;
}

/** GitHub's rate limit for GraphQL, in points. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  /** The points that this reading cost. */
  readonly cost: number;
  /** ISO 8601. */
  readonly resetAt: string;
}

/** A text, and the hidden marker by which Coppice finds it again. */
interface MarkedText {
  readonly marker: string;
  readonly text: string;
}

export type Reaction = 'eyes' | '+1' | '-1' | 'confused';

/** A check and who reported it. */
export interface CheckOfApp extends Check {
  /** GitHub's id of the app; null when it was a person, undefined when GitHub does not tell it. */
  readonly app?: number | null | undefined;
}

/**
 * Everything that Coppice does on GitHub. There is no merge call, and there must never be one, because a
 * person merges.
 *
 * Every call throws CoppiceError `Unauthorized` when the token is missing or has no permission, and
 * `GitHubRejected` when GitHub refuses finally. After {@link RateLimited}, {@link Unreachable} and other
 * errors, the caller should try again later.
 */
export interface GitHub {
  /**
   * Reads an issue. A pull request is an issue too.
   * @throws IssueNotWorkable when there is none
   */
  readIssue(repository: RepositoryName, issue: number): Promise<Issue>;
  /** @throws UnknownRepository */
  defaultBranch(repository: RepositoryName): Promise<string>;
  branchExists(repository: RepositoryName, branch: string): Promise<boolean>;
  /** The ruleset rules for a branch, which need not exist; empty when GitHub does not report them. */
  branchRules(repository: RepositoryName, branch: string): Promise<readonly BranchRule[]>;
  /**
   * Deletes a branch if it is still at `sha` and is the base of no open pull request. It is not an error if
   * the branch is deleted already.
   */
  deleteBranch(repository: RepositoryName, branch: string, sha: string): Promise<void>;
  /**
   * Finds the session's pull request or creates it. Calling it twice creates one pull request. An open one
   * with the same head branch is adopted, and so is a merged one whose commits are still the branch's. A
   * closed one is not adopted, because only a person reopens it.
   */
  ensurePullRequest(
    repository: RepositoryName,
    request: PullRequestRequest,
  ): Promise<PullRequestSnapshot>;
  /**
   * Whether GitHub closed a pull request because its base branch was deleted. Such a pull request can't be
   * reopened, and its base can't be changed.
   */
  lostItsBase(repository: RepositoryName, pullRequest: number): Promise<boolean>;
  /**
   * Changes the base branch of an open pull request. A closed one, or one that has this base already, stays
   * as it is.
   */
  retarget(
    repository: RepositoryName,
    pullRequest: number,
    base: string,
  ): Promise<PullRequestSnapshot>;
  /**
   * Replaces the content of Coppice's section in an open pull request's body. Text that people wrote, outside
   * or inside of the section, stays. If they removed the section, nothing is written.
   */
  describe(repository: RepositoryName, pullRequest: number, content: string): Promise<void>;
  /**
   * Registers open pull requests, each based on the branch of the one before, as one of GitHub's native
   * stacks, or adds those that the stack lacks. A stack that a person arranged differently stays.
   * @returns false when the repository has no native stacks
   */
  registerStack(repository: RepositoryName, pullRequests: readonly number[]): Promise<boolean>;
  /** Reads a pull request. It costs no rate limit while the pull request is unchanged. */
  readPullRequest(repository: RepositoryName, pullRequest: number): Promise<PullRequestSnapshot>;

  /**
   * Reads the issues and pull requests of a repository's sessions. About fifty cost one point of GraphQL.
   * @returns a result for each, in the same order; `rateLimit` is null when the server has no limit
   * @throws UnknownRepository
   */
  readPolls(repository: RepositoryName, watched: readonly Watched[]): Promise<Polls>;
  /** GitHub's time as ISO 8601, and the id of the repository's latest comment; 0 when it has none. */
  readClock(
    repository: RepositoryName,
  ): Promise<{ readonly at: string; readonly lastComment: number }>;
  /**
   * Unanswered comments and reviews of others, oldest first, with the comments in each unresolved review
   * thread since Coppice replied there. Of a thread that Coppice itself resolved, people's comments since.
   */
  readFeedback(repository: RepositoryName, watched: Watched): Promise<FeedbackItem[]>;

  /** The report and the end of the log of a failed check of commit `sha`. */
  examineCheck(repository: RepositoryName, check: Check, sha: string): Promise<CheckFailure>;
  /** The text of a file on a branch; null when there is no such file, or it is not text. */
  textOf(repository: RepositoryName, branch: string, path: string): Promise<string | null>;
  /**
   * Whether a branch was only updated from its base, by a merge or a rebase, since it was at `before`.
   * @param commit the branch's tip now
   * @param base the name of the base branch
   */
  isUpdateOf(
    repository: RepositoryName,
    commit: string,
    before: string,
    base: string,
  ): Promise<boolean>;
  /** The checks that are required for a merge into a branch. One may be required twice. */
  requiredChecks(repository: RepositoryName, branch: string): Promise<readonly RequiredCheck[]>;
  /**
   * All checks of a commit.
   * @param commit a commit id, or the name of a branch; `main~2` is the second commit before its last one
   */
  checksOn(repository: RepositoryName, commit: string): Promise<readonly CheckOfApp[]>;
  /**
   * Reruns checks that ended with an infrastructure failure. Calling it twice reruns them once. The jobs of
   * one workflow run are rerun together, because GitHub refuses a second rerun while the first is in
   * progress. If GitHub does not allow a rerun, nothing is done.
   */
  rerun(repository: RepositoryName, checks: readonly Check[]): Promise<void>;

  /**
   * Posts a reply where the comment is, once for each marker.
   * @param number of the pull request, or of the issue that has the comment
   * @returns false when the review thread was deleted, and nothing was posted
   */
  reply(
    repository: RepositoryName,
    number: number,
    answer: MarkedText & {
      readonly item: FeedbackItem;
      /** Markers of other comments that it answers, too. */
      readonly others?: readonly string[];
      /** Whether the review thread is resolved then, unless a person has spoken in it. */
      readonly resolve?: boolean;
    },
  ): Promise<boolean>;
  /**
   * Writes the comment with this marker, or updates it.
   * @param number of an issue or pull request
   */
  upsertComment(repository: RepositoryName, number: number, comment: MarkedText): Promise<void>;
  react(repository: RepositoryName, item: FeedbackItem, reaction: Reaction): Promise<void>;
  /** Marks a draft pull request as ready for review, unless it is closed. */
  markReady(repository: RepositoryName, pullRequest: number): Promise<void>;
  /**
   * Requests reviews from those who were not asked and have not reviewed yet.
   * @param reviewers logins, and teams as `organisation/team`
   */
  requestReviewers(
    repository: RepositoryName,
    pullRequest: number,
    reviewers: readonly string[],
  ): Promise<void>;
}
