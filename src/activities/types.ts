import type { NotificationKind } from '../domain/notification.ts';
import type { BodyParts } from '../domain/pull-request/body.ts';
import type { PullRequestSnapshot } from '../domain/pull-request/pull-request.ts';
import type {
  Base,
  Registration,
  SessionDetail,
  SessionLocation,
} from '../domain/session/session.ts';
import type { Question } from '../domain/session/turn.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type {
  AgentActivities,
  AttachmentActivities,
  TurnStopActivities,
} from './agent/turn-types.ts';
import type { CarriesStatus } from './carried-status.ts';
import type { CommentActivities, FeedbackActivities } from './feedback-types.ts';

/**
 * The activities as workflows see them. Each is idempotent, because it may run twice. A failure with a type
 * of domain/shared/failure.ts is final, and the session asks about it. Any other failure is retried.
 */

interface RegisterInput {
  readonly repository: RepositoryName;
  readonly issue: number;
  /** The target branch, if it is not that of coppice.yaml. */
  readonly base?: string;
  /** The name of the agent, if it is not the default one of coppice.yaml. */
  readonly agent?: string;
  readonly workflowId: string;
}

export interface TrackerActivities {
  /**
   * Chooses the host: the one that runs this activity, if it has the checkout and the agent. Reads
   * coppice.yaml and the issue, stores the issue's text, names branch and worktree, and registers the issue
   * with the watcher. It makes nothing else.
   * @returns the registration, or what this host lacks and what to do about it
   * @throws IssueNotWorkable, InvalidConfig
   */
  register(input: RegisterInput): Promise<Registration | { readonly lacks: string }>;
  /**
   * Registers pull requests as one of GitHub's native stacks. Returns false when the repository has no native
   * stacks.
   */
  registerStack(input: {
    readonly repository: RepositoryName;
    readonly pullRequests: readonly number[];
  }): Promise<boolean>;
  /** Deletes a merged branch on GitHub, unless it has moved since, or is the base of an open pull request. */
  deleteBranch(input: {
    readonly repository: RepositoryName;
    readonly branch: string;
    readonly headSha: string;
  }): Promise<void>;
}

export interface SessionActivities {
  /** Waits until one of these workflows is closed, whoever closed it. @returns its id */
  firstClosed(input: { readonly workflowIds: readonly string[] }): Promise<string>;
}

export interface CreateWorktreeInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly workflowId: string;
  /** The branch to start from: the target branch, or a dependency's branch. */
  readonly from: string;
}

interface SetUpInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly commands: readonly string[];
  /** The time limit for each command, in seconds. */
  readonly timeout: number;
  /** Files in the worktree on which setup depends. */
  readonly inputs?: readonly string[];
  /** Whether to run setup only if these files have changed since it last succeeded. */
  readonly ifChanged?: boolean;
}

/** How to treat a conflict of an earlier attempt. */
interface Resolving {
  /** Whether it was resolved in the worktree. The resolution is then checked and used. */
  readonly resolved: boolean;
  /** The person's commands that must succeed on the resolution. */
  readonly checks: readonly string[];
  /** The time limit for each command, in seconds. */
  readonly timeout: number;
}

interface RestackInput extends Resolving {
  readonly location: SessionLocation;
  /** The present base of the branch. */
  readonly base: Base;
  /** The branch on which it shall be based. */
  readonly onto: string;
}

interface IntegrateInput extends Resolving {
  readonly location: SessionLocation;
  readonly base: Base;
  /**
   * Whether to change nothing when the worktree can't be rebased now, for example because it has uncommitted
   * changes.
   */
  readonly mayWait: boolean;
}

interface InspectInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly base: Base;
  /** The person's commands that must succeed. */
  readonly checks: readonly string[];
  /** The time limit for each command, in seconds. */
  readonly timeout: number;
  /** The largest file that may be committed, in MB. */
  readonly fileLimit: number;
}

/** What other sessions on the host cost, in US dollars. */
export interface SpentByOthers {
  readonly run: number;
  readonly day: number;
  /** When the present day of the host began, ISO 8601. */
  readonly midnight: string;
  /** When the next day of the host begins, ISO 8601. */
  readonly nextMidnight: string;
}

export interface WorktreeActivities {
  /**
   * Makes the branch and the worktree, or adopts those that Coppice made for this session, according to its
   * own record.
   * @throws ForeignBranch, MissingBaseBranch, GitFailed
   */
  createWorktree(input: CreateWorktreeInput): Promise<Base>;
  /**
   * Runs the person's setup commands in order.
   * @throws SetupFailed with the end of the output
   */
  setUp(input: SetUpInput): Promise<void>;
  /**
   * Checks commits that are about to be pushed: conflict markers, large files, secrets, and then the person's
   * own checks. Returns the problems as text for the agent; an empty text when they may be pushed.
   */
  inspectOutgoing(input: InspectInput): Promise<string>;
  /** What the other sessions on the host cost: those of the run, and all since midnight. */
  spentByOthers(input: {
    readonly location: SessionLocation;
    readonly run?: string;
  }): Promise<SpentByOthers>;
  /**
   * Writes the status file in the worktree, if the worktree exists, and the record in the state directory. If
   * the disk is full, they are written as soon as there is space.
   */
  recordStatus(input: {
    readonly location: SessionLocation;
    readonly detail: SessionDetail;
  }): Promise<void>;
  /**
   * Rebases the session's own commits from `base.tip` onto the remote branch `onto`, and pushes with a lease.
   * Returns the new base. After a conflict the branch is unchanged.
   * @throws RebaseConflict, NotResolved, PushRejected, BranchMoved
   */
  restack(input: RestackInput): Promise<Base>;
  /**
   * Integrates commits that others pushed to the session's branch. The session's unpushed commits are rebased
   * onto them. After a conflict the branch is unchanged.
   * @throws RebaseConflict, NotResolved, PushRejected
   */
  integrateRemoteCommits(input: IntegrateInput): Promise<{
    readonly base: Base;
    /** How many commits of others were integrated. */
    readonly commits: number;
  }>;
  /**
   * Removes the worktree and the local branch of a merged session, and unregisters its pull request from the
   * watcher. They are kept if they have work that is not in `headSha`, the pull request's head. Returns
   * whether they were removed, and if not, why.
   */
  removeWorktree(
    input: { readonly location: SessionLocation; readonly headSha: string } & CarriesStatus,
  ): Promise<{ readonly removed: boolean; readonly reason: string }>;
}

export interface PublishInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly base: Base;
  readonly workflowId: string;
  /** The title of the issue, and so of the pull request. */
  readonly title: string;
  /** The content of Coppice's section of the pull request's body. */
  readonly parts: BodyParts;
  /** Whether a new pull request is a draft. */
  readonly draft: boolean;
  /** The pull request that is registered with the watcher already; null when there is none. */
  readonly watched: number | null;
}

export interface PullRequestActivities {
  /**
   * Pushes the branch, finds or creates its pull request, updates Coppice's section of its body, and
   * registers it with the watcher.
   * @throws NothingToPublish, PushRejected, BranchMoved, Unauthorized, GitHubRejected
   */
  publish(input: PublishInput): Promise<PullRequestSnapshot>;
  /** Updates Coppice's section of the pull request's body. Text of people stays. */
  describe(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
    readonly parts: BodyParts;
  }): Promise<void>;
  readPullRequest(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
  }): Promise<PullRequestSnapshot>;
  /** Whether GitHub itself closed the pull request because its base branch was deleted. */
  lostItsBase(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
  }): Promise<boolean>;
  /** Changes the base branch of the pull request, unless it is that branch already. */
  retarget(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
    readonly base: string;
  }): Promise<PullRequestSnapshot>;
  /**
   * Registers the issue, and the pull request if there is one, with the host's watcher, which sends changes
   * to the session.
   */
  watch(input: {
    readonly location: SessionLocation;
    readonly workflowId: string;
    readonly pullRequest: number | null;
  }): Promise<void>;
  unwatch(input: { readonly location: SessionLocation }): Promise<void>;
}

export interface NotificationActivities {
  /** Notifies the person: a line in the log, and an event in the outbox of the host, from which every channel is served. */
  notify(
    input: {
      readonly repository: RepositoryName;
      readonly issue: number;
      readonly title: string;
      readonly text: string;
      /** What it is about, for the channels that want only some kinds; `note` when absent. */
      readonly kind?: NotificationKind;
      readonly url?: string;
      /** What the session asks, if it asks. */
      readonly question?: Question;
      /** Of the session, with a status to be written there. */
      readonly location?: SessionLocation;
    } & CarriesStatus,
  ): Promise<void>;
}

export type Activities = TrackerActivities &
  WorktreeActivities &
  AgentActivities &
  TurnStopActivities &
  AttachmentActivities &
  PullRequestActivities &
  FeedbackActivities &
  CommentActivities &
  SessionActivities &
  NotificationActivities;
