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
  /** The conversation's id: the agent's own from the last turn, or one chosen by the workflow (a UUID). */
  readonly conversation: string;
  /** False for the first turn of the conversation. */
  readonly resume: boolean;
  /** Why the turn is taken, if there is more to say than its kind. */
  readonly words: string;
  /** What the person says; empty when nothing. */
  readonly told: string;
  /** Whether the issue was edited: its text is read from GitHub again, and kept for the turns after. */
  readonly rereadIssue?: boolean;
  /** Whether the last turn was stopped. */
  readonly again?: boolean;
  /** Whether the agent is started whatever is known of its account's usage limit. */
  readonly ignoreUsageLimit?: boolean;
  /** Seconds. */
  readonly timeout: number;
  /** How long the agent may say nothing, in seconds. */
  readonly idleTimeout: number;
  /** What it may cost, in US dollars; absent when nothing limits that. */
  readonly costLimit?: number;
}

export interface AgentActivities {
  /**
   * Runs one turn, or re-attaches to it: see src/agents. Heartbeats `TurnProgress`. While its account is known to have
   * reached its usage limit no agent is started, and `attempts` is 0. When the worker shuts down the agent
   * is stopped gently and the activity fails retryably, so that the next worker resumes the conversation.
   * @throws AgentUnavailable, WorktreeLost
   */
  runTurn(input: TurnInput): Promise<TurnResult>;
}

export interface AttachmentActivities {
  /** Ends what an agent in a terminal left running. Returns what is in the worktree; null when that can't be told. */
  endAttachment(input: {
    readonly location: SessionLocation;
    readonly base: Base;
    readonly id: string;
  }): Promise<Work | null>;
}

export interface TurnStopActivities {
  /**
   * Stops the agent of a turn gently, wherever the turn is, and makes sure that none starts in it any more. Returns what it
   * came to: `interrupted`, unless its agent had ended before. @throws WorktreeLost
   */
  stopTurn(input: TurnInput): Promise<TurnResult>;
}
