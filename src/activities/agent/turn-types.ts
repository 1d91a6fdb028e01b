import type { Base, SessionLocation } from '../../domain/session/session.ts';
import type { TurnKind, TurnResult, Work } from '../../domain/session/turn.ts';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import type { CarriesStatus } from '../carried-status.ts';

export interface TurnInput extends CarriesStatus {
  readonly turnId: string;
  readonly kind: TurnKind;
  readonly location: SessionLocation;
  readonly base: Base;
  readonly targetBranch: string;
  readonly agent: AgentSettings;
  /** The conversation's id: the agent's own id from the last turn, or a UUID that the workflow chose. */
  readonly conversation: string;
  /** False for the first turn of the conversation. */
  readonly resume: boolean;
  /** The reason for the turn; empty when its kind says it all. */
  readonly context: string;
  /** The person's guidance; empty when there is none. */
  readonly guidance: string;
  /** Whether the issue was edited. Then its text is read from GitHub again, and stored for later turns. */
  readonly rereadIssue?: boolean;
  /** Whether the last turn was stopped. */
  readonly again?: boolean;
  /** Whether to start the agent even if its account is known to have reached its usage limit. */
  readonly ignoreUsageLimit?: boolean;
  /** How long the turn may take, in seconds. */
  readonly timeout: number;
  /** How long the agent may be silent, in seconds. */
  readonly idleTimeout: number;
  /** The cost limit, in US dollars; absent when there is none. */
  readonly costLimit?: number;
}

export interface AgentActivities {
  /**
   * Runs one turn, or re-attaches to it: see src/agents. Its heartbeats are `TurnHeartbeat`. If the account
   * is known to have reached its usage limit, no agent is started, and `attempts` is 0. When the worker shuts
   * down, the agent is stopped and the activity fails with a retryable error, so that the next worker resumes
   * the conversation.
   * @throws AgentUnavailable, WorktreeLost
   */
  runTurn(input: TurnInput): Promise<TurnResult>;
}

export interface AttachmentActivities {
  /**
   * Ends processes that an agent in a terminal left running. Returns the work in the worktree; null when that
   * can't be found out.
   */
  endAttachment(input: {
    readonly location: SessionLocation;
    readonly base: Base;
    readonly id: string;
  }): Promise<Work | null>;
}

export interface TurnStopActivities {
  /**
   * Stops the agent of a turn, SIGTERM first, in whatever state the turn is, and makes sure that no agent
   * starts in it later. The outcome is `interrupted`, unless the agent had ended before.
   * @throws WorktreeLost
   */
  stopTurn(input: TurnInput): Promise<TurnResult>;
}
