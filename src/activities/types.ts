import type { BodyParts } from '../domain/pull-request/body.ts';
import type { PullRequestSnapshot } from '../domain/pull-request/pull-request.ts';
import type {
  Base,
  Registration,
  SessionDetail,
  SessionLocation,
} from '../domain/session/session.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type {
  AgentActivities,
  AttachmentActivities,
  TurnStopActivities,
} from './agent/turn-types.ts';
import type { CarriesStatus } from './carried-status.ts';
import type { CommentActivities, FeedbackActivities } from './feedback-types.ts';

/**
 * The activities as workflows see them. Each is idempotent: it will run twice. Failures of the types in
 * domain/failure.ts are final, and a session asks about them; anything else is retried.
 */

interface RegisterInput {
  readonly repository: RepositoryName;
  readonly issue: number;
  /** The branch the work is meant for, instead of coppice.yaml's. */
  readonly base?: string;
  /** The agent that works on it, instead of coppice.yaml's usual one. */
  readonly agent?: string;
  readonly workflowId: string;
}

export interface TrackerActivities {
  /**
   * Chooses the host (the one that runs this activity, if it has the agent), reads the issue, whose text it keeps, and coppice.yaml, and names
   * branch and worktree. Makes nothing, but has the issue watched from now on.
   * @returns the registration, or what this host lacks, and what to do about it, in words
   * @throws IssueNotWorkable, InvalidConfig
   */
  register(input: RegisterInput): Promise<Registration | { readonly lacks: string }>;
  /** Registers a row of pull requests as one of GitHub's own stacks. Returns false where the repository has none. */
  registerStack(input: {
    readonly repository: RepositoryName;
    readonly pullRequests: readonly number[];
  }): Promise<boolean>;
  /** Deletes a merged branch on GitHub, unless it has moved since, or open pull requests have it as base. */
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
  /** Branch to start from: the trunk, or a dependency's branch. */
  readonly from: string;
}

interface SetUpInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly commands: readonly string[];
  /** Seconds for each command. */
  readonly timeout: number;
  /** Files in the worktree that it depends on. */
  readonly inputs?: readonly string[];
  /** Only if these hold something else than when it last succeeded. */
  readonly ifChanged?: boolean;
}

/** A conflict that the agent or a person has resolved, or not. */
interface Resolving {
  /** It has been resolved in the worktree: check that, and take it up. */
  readonly resolved: boolean;
  /** The person's commands that must succeed then. */
  readonly checks: readonly string[];
  /** Seconds for each command. */
  readonly timeout: number;
}

interface RestackInput extends Resolving {
  readonly location: SessionLocation;
  /** What the branch stands on now. */
  readonly base: Base;
  /** The branch it shall stand on. */
  readonly onto: string;
}

interface IntegrateInput extends Resolving {
  readonly location: SessionLocation;
  readonly base: Base;
  /** Leave it for later when the worktree is in the middle of something. */
  readonly mayWait: boolean;
}

interface InspectInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly base: Base;
  /** The person's commands that must succeed. */
  readonly checks: readonly string[];
  /** Seconds for each command. */
  readonly timeout: number;
  /** The largest file that may be committed, in MB. */
  readonly fileLimit: number;
}

/** In US dollars. */
export interface SpentByOthers {
  readonly run: number;
  readonly day: number;
  /** When the host's day began, ISO 8601. */
  readonly midnight: string;
  /** When its next day begins, ISO 8601. */
  readonly nextMidnight: string;
}

export interface WorktreeActivities {
  /**
   * Makes branch and worktree, or adopts those that Coppice's own record says it made for this session.
   * @throws ForeignBranch, MissingBaseBranch, GitFailed
   */
  createWorktree(input: CreateWorktreeInput): Promise<Base>;
  /** Runs the person's setup commands in order. @throws SetupFailed with the output's tail */
  setUp(input: SetUpInput): Promise<void>;
  /**
   * Looks at what is about to be pushed: conflict markers, large files, secrets, and then the person's own checks. Returns
   * what is wrong, in words for the agent; an empty text when it may go.
   */
  inspectOutgoing(input: InspectInput): Promise<string>;
  /** What the other sessions on the host cost, in US dollars: those of the run, and all since midnight. */
  spentByOthers(input: {
    readonly location: SessionLocation;
    readonly run?: string;
  }): Promise<SpentByOthers>;
  /**
   * Writes the status file in the worktree, if there is one, and the record in the state directory; on a full disk as soon as
   * there is space.
   */
  recordStatus(input: {
    readonly location: SessionLocation;
    readonly detail: SessionDetail;
  }): Promise<void>;
  /**
   * Moves the session's own commits from `base.tip` onto the remote's `onto`, and pushes with a lease. Returns the new base.
   * The branch is unchanged after a conflict. @throws RebaseConflict, NotResolved, PushRejected, BranchMoved
   */
  restack(input: RestackInput): Promise<Base>;
  /**
   * Brings into the worktree what others pushed to the session's branch, with what it had not pushed yet on top.
   * The branch is unchanged after a conflict. @throws RebaseConflict, NotResolved, PushRejected
   */
  integrateRemoteCommits(input: IntegrateInput): Promise<{
    readonly base: Base;
    /** Commits of others that came in. */
    readonly commits: number;
  }>;
  /**
   * Removes worktree and local branch of a merged session, and has its pull request no longer watched, keeping them when they hold work that is not in the pull
   * request's `headSha`. Tells whether they are gone, and if not, why.
   */
  removeWorktree(
    input: { readonly location: SessionLocation; readonly headSha: string } & CarriesStatus,
  ): Promise<{ readonly removed: boolean; readonly reason: string }>;
}

export interface PublishInput extends CarriesStatus {
  readonly location: SessionLocation;
  readonly base: Base;
  readonly workflowId: string;
  /** The issue's title, which the pull request takes. */
  readonly title: string;
  /** What the pull request tells. */
  readonly parts: BodyParts;
  /** Whether a new pull request is a draft. */
  readonly draft: boolean;
  /** The pull request that is watched already; null when there is none. */
  readonly watched: number | null;
}

export interface PullRequestActivities {
  /**
   * Pushes the branch, finds or creates its pull request, updates Coppice's part of its text, and has it watched.
   * @throws NothingToPublish, PushRejected, BranchMoved, Unauthorized, GitHubRejected
   */
  publish(input: PublishInput): Promise<PullRequestSnapshot>;
  /** Brings Coppice's part of the pull request's body up to date; what people wrote stays. */
  describe(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
    readonly parts: BodyParts;
  }): Promise<void>;
  readPullRequest(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
  }): Promise<PullRequestSnapshot>;
  /** Whether GitHub, and no person, closed the pull request, since its base branch was deleted. */
  lostItsBase(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
  }): Promise<boolean>;
  /** Points the pull request at another base branch, unless it already is. */
  retarget(input: {
    readonly location: SessionLocation;
    readonly pullRequest: number;
    readonly base: string;
  }): Promise<PullRequestSnapshot>;
  /** Asks the host's watcher to tell the session what is new of its issue, and of its pull request once there is one. */
  watch(input: {
    readonly location: SessionLocation;
    readonly workflowId: string;
    readonly pullRequest: number | null;
  }): Promise<void>;
  unwatch(input: { readonly location: SessionLocation }): Promise<void>;
}

export interface NotificationActivities {
  /** Tells the person: desktop where there is one, and always a line in the log. */
  notify(
    input: {
      readonly repository: RepositoryName;
      readonly issue: number;
      readonly title: string;
      readonly text: string;
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
