import type { TurnKind, TurnResult } from '../../domain/session/turn.ts';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';
import type { AgentAdapter, Launch } from '../adapters/adapter.ts';
import type { Confine } from '../sandbox/confine.ts';
import type { Environment } from './environment.ts';

/** A turn to run: the same in every watcher of it. */
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
  /** Seconds. */
  readonly timeout: number;
  /** How long the agent may be silent, in seconds; three times as long while a tool runs. */
  readonly idleTimeout: number;
  /** What it may cost, in US dollars; absent when nothing limits that. */
  readonly costLimit?: number | undefined;
}

export interface TurnProgress {
  /** One line of what the agent does. */
  readonly activity: string;
  readonly journalBytes: number;
}

/** What a turn needs of its surroundings. */
export interface TurnPorts {
  /** Directory of all turns of this host. */
  readonly turns: string;
  readonly adapter: AgentAdapter;
  /** All that the agent sees. */
  readonly env: Environment;
  /** Runs agents in a sandbox, where there shall be one. @throws AgentUnavailable when there must be one and is none */
  readonly sandbox?: (() => Promise<Confine | undefined>) | undefined;
  /** The prompt of a new attempt; `again` when an earlier one was broken off. */
  readonly prompt: (again: boolean) => Promise<string>;
  readonly onProgress: (progress: TurnProgress) => void;
  /** Makes the watcher leave; its reason is a `LeaveReason`. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL when an agent is stopped. */
  readonly grace: number;
}

/** Why a watcher leaves. The first two reasons stop the agent; the last leaves it running for another watcher. */
export type LeaveReason = 'interrupted' | 'cancelled' | 'superseded';

/** Thrown when a watcher was asked to leave. What had to be stopped has stopped. */
export class Detached extends Error {
  readonly reason: LeaveReason;

  constructor(reason: LeaveReason) {
    super(`left the turn: ${reason}`);
    this.reason = reason;
  }
}

/** What a turn came to; what git says of the work is added by who asked for it. */
export type TurnEnding = Omit<TurnResult, 'work'>;
