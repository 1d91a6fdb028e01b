import type { Tokens } from '../../domain/session/budget.ts';
import type { Outcome, TurnKind } from '../../domain/session/turn.ts';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';

/** The parameters for one start of an agent's program. */
export interface Launch {
  readonly kind: TurnKind;
  readonly worktree: string;
  /** The person's own checkout, to which the worktree belongs. */
  readonly checkout: string;
  /** The git directories of the worktree; absent when the agent can't commit. */
  readonly git?: { readonly common: string; readonly own: string };
  readonly conversation: string;
  /** Whether the agent knows the conversation already. */
  readonly resume: boolean;
  readonly settings: AgentSettings;
  /** The cost limit of this start, in US dollars, for agents that accept one. */
  readonly costLimit?: number | undefined;
  /** Whether it runs in Coppice's sandbox. Another sandbox can't be made inside it. */
  readonly sandboxed?: boolean;
}

interface AgentCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the agent's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** The meaning of a line of an agent's output. */
export type AgentEvent =
  | { readonly type: 'conversation'; readonly id: string }
  | { readonly type: 'text'; readonly text: string }
  /** The start of a tool call. `id` is set when its end is reported too. */
  | {
      readonly type: 'tool';
      readonly name: string;
      readonly detail: string;
      readonly id?: string | undefined;
    }
  | { readonly type: 'tool-end'; readonly id: string }
  /**
   * Usage so far: the cost of the whole conversation in US dollars, or the tokens of one answer of the model.
   */
  | {
      readonly type: 'usage';
      readonly costUsd?: number | undefined;
      readonly message?: { readonly id: string } & Tokens;
    }
  | { readonly type: 'limit'; readonly until?: string }
  /** The outcome, from an agent that reports it in its own protocol. */
  | { readonly type: 'report'; readonly output: unknown }
  | ({ readonly type: 'result' } & AgentResult);

/** The final message of an agent in its own protocol. */
interface AgentResult {
  readonly failed: boolean;
  readonly text: string;
  /** US dollars of the whole conversation so far. */
  readonly costUsd?: number;
  /** Tokens of this run of the program only. */
  readonly tokens?: Tokens;
  /** Tool calls that were refused, each with its main argument: `Bash(npm test)`. */
  readonly denials: readonly string[];
  /** Set when the agent stopped itself because it reached its cost limit. */
  readonly overBudget?: true;
  /** Why the model was unavailable, if the agent failed for that reason. */
  readonly unavailable?: string;
}

/** The usage that an agent reported in one run of its program. */
export interface Usage {
  /** US dollars of the whole conversation so far. */
  readonly costUsd?: number;
  /** Tokens of all answers of the model. */
  readonly tokens: Tokens;
  readonly message?: { readonly id: string } & Tokens;
}

/** What is known from the lines of a journal so far. */
export interface Reading {
  readonly conversation?: string;
  /** The latest texts and tool calls, one line each. */
  readonly recent: readonly string[];
  /** Ids of the tool calls that have not ended. */
  readonly tools: readonly string[];
  readonly usage?: Usage;
  readonly limit?: { readonly until?: string };
  /** The outcome that the agent reported in its own protocol. */
  readonly report?: unknown;
  readonly result?: AgentResult;
}

/** An agent's exit code, and its output. */
export interface AgentExit {
  readonly code: number;
  readonly resumed: boolean;
  readonly reading: Reading;
  /**
   * The outcome that it reported in its own protocol or in the outcome file; of kind `invalid` when the
   * report can't be used.
   */
  readonly report: Outcome;
  /** The end of its standard error. */
  readonly errors: string;
  /** The end of its output, and of its standard error. */
  readonly tail: string;
}

/** The turn's outcome, or how the agent must be started again. */
export type Conclusion = { readonly outcome: Outcome } | { readonly again: 'start' | 'resume' };

/** What an agent can do, as text for a table. */
export interface Abilities {
  readonly resume: 'yes' | 'where the agent can' | 'up to the program';
  readonly outcome: 'JSON schema' | 'tools' | 'file';
  readonly cost: 'in dollars' | 'in tokens' | 'where the agent tells' | 'unknown';
  readonly sandbox: 'its own' | 'only Coppice’s';
}

/** How to find out whether an agent is logged in. */
interface Login {
  /** Environment variables. Each of them alone is a login. */
  readonly keys: readonly string[];
  /** Arguments with which the program reports whether it is logged in. */
  readonly status: readonly string[];
  /** Whether the program's output and exit code mean that it is logged in. */
  tells(message: { readonly stdout: string; readonly exitCode: number }): boolean;
}

/**
 * Everything that Coppice knows about one kind of agent. The agent gets the prompt on its standard input, and
 * its output lines are written to a journal.
 */
export interface AgentAdapter {
  readonly name: AgentSettings['adapter'];
  /** The agent's program, unless `agent.command` names another one. Empty when there is no default. */
  readonly program: string;
  /** Environment variables of its login and configuration, which it gets. */
  readonly variables: readonly string[];
  readonly abilities: Abilities;
  /** The oldest version that works; absent when any version does. */
  readonly oldest?: string;
  readonly login?: Login;
  /** What the person should do when the program is missing. */
  readonly install: string;
  /** How the agent shall report the outcome of a turn. The outcome file is read for all agents. */
  readonly reports: 'structured' | 'tools' | 'file';
  command(launch: Launch): AgentCommand;
  /** The command that opens the conversation in a terminal for a person; absent when the agent has none. */
  interactive?(launch: Launch): AgentCommand;
  /**
   * Parses a line of output. It has no side effects, and returns no events for a line that it can't parse.
   */
  parse(line: string): AgentEvent[];
  /** Whether the agent got far enough that its conversation can be resumed. */
  began(reading: Reading): boolean;
  /** Decides what an exit means. It has no side effects. */
  conclude(exit: AgentExit): Conclusion;
}
