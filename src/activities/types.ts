import type { NotificationKind } from '../domain/notification.ts';
import type { BodyParts } from '../domain/pull-request/body.ts';
import type { PullRequestSnapshot } from '../domain/pull-request/pull-request.ts';
import type { Base, Registration, SessionLocation } from '../domain/session/session.ts';
import type { Question } from '../domain/session/turn.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type {
  AgentActivities,
  AttachmentActivities,
  TurnStopActivities,
} from './agent/turn-types.ts';
import type { CarriesStatus } from './carried-status.ts';
import type { CommentActivities, FeedbackActivities } from './feedback-types.ts';
import type { WorktreeActivities } from './worktree/worktree-types.ts';

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
  publish(
    input: PublishInput,
  ): Promise<PullRequestSnapshot & { readonly cautions?: readonly string[] }>;
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
