import type { TurnKind, TurnResult } from '../../domain/session/turn.ts';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import type { AgentAdapter, Launch } from '../adapters/adapter.ts';
import type { Confine } from '../sandbox/confine.ts';
import type { Environment } from './environment.ts';

/** A turn to run. It is the same for all its watchers. */
export interface Turn {
  readonly id: string;
  readonly kind: TurnKind;
  readonly worktree: string;
  readonly checkout: string;
  readonly git?: NonNullable<Launch['git']>;
  readonly settings: AgentSettings;
  readonly conversation: string;
  /** Whether the agent knows the conversation from earlier turns. */
  readonly resume: boolean;
  /** How long the turn may take, in seconds. */
  readonly timeout: number;
  /** How long the agent may be silent, in seconds; three times as long while a tool runs. */
  readonly idleTimeout: number;
  /** The cost limit, in US dollars; absent when there is none. */
  readonly costLimit?: number | undefined;
}

export interface TurnProgress {
  /** One line of what the agent does. */
  readonly activity: string;
  readonly journalBytes: number;
}

/** What a turn needs from its caller. */
export interface TurnPorts {
  /** Directory of all turns of this host. */
  readonly turns: string;
  readonly adapter: AgentAdapter;
  /** The whole environment of the agent. */
  readonly env: Environment;
  /**
   * Prepares the sandbox; undefined when the agent runs without one.
   * @throws AgentUnavailable when a sandbox is required and this host has none
   */
  readonly sandbox?: (() => Promise<Confine | undefined>) | undefined;
  /** Makes the prompt of a new attempt. `again` is true after an interrupted attempt. */
  readonly prompt: (again: boolean) => Promise<string>;
  readonly onProgress: (progress: TurnProgress) => void;
  /** Makes the watcher leave. The reason of the abort is a `LeaveReason`. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL when an agent is stopped. */
  readonly grace: number;
}

/**
 * Why a watcher leaves. `interrupted` and `cancelled` stop the agent. `superseded` leaves it running for
 * another watcher.
 */
export type LeaveReason = 'interrupted' | 'cancelled' | 'superseded';

/** Thrown when a watcher was asked to leave. If the agent had to be stopped, it has stopped. */
export class Detached extends Error {
  readonly reason: LeaveReason;

  constructor(reason: LeaveReason) {
    super(`left the turn: ${reason}`);
    this.reason = reason;
  }
}

/** The result of a turn. The caller adds `work`, which git reports. */
export type TurnEnding = Omit<TurnResult, 'work'>;
