import type { Tokens } from '../../domain/session/budget.ts';
import type { Outcome, TurnKind } from '../../domain/session/turn.ts';
import type { AgentSettings } from '../../domain/settings/agent-settings.ts';

/** One start of an agent's program. */
export interface Launch {
  readonly kind: TurnKind;
  readonly worktree: string;
  /** The person's own checkout, whose worktree it is. */
  readonly checkout: string;
  /** The git directory that all worktrees share, and this one's own; absent where nothing can be committed. */
  readonly git?: { readonly common: string; readonly own: string };
  readonly conversation: string;
  /** Whether the agent knows the conversation already. */
  readonly resume: boolean;
  readonly settings: AgentSettings;
  /** What this start may cost, in US dollars: for agents that can be told. */
  readonly costLimit?: number | undefined;
  /** Whether it is in Coppice's sandbox, in which no other can be made. */
  readonly sandboxed?: boolean;
}

interface AgentCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to the agent's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a line of an agent's output says. */
export type AgentEvent =
  | { readonly type: 'conversation'; readonly id: string }
  | { readonly type: 'text'; readonly text: string }
  /** `id` when its end will be told too. */
  | {
      readonly type: 'tool';
      readonly name: string;
      readonly detail: string;
      readonly id?: string | undefined;
    }
  | { readonly type: 'tool-end'; readonly id: string }
  /** What was spent, while it works: US dollars of the whole conversation so far, or the tokens of one answer of its model. */
  | {
      readonly type: 'usage';
      readonly costUsd?: number | undefined;
      readonly message?: { readonly id: string } & Tokens;
    }
  | { readonly type: 'limit'; readonly until?: string }
  /** Its outcome, from an agent that gives it in its own protocol. */
  | { readonly type: 'report'; readonly output: unknown }
  | ({ readonly type: 'result' } & AgentResult);

/** An agent's last word in its own protocol. */
interface AgentResult {
  readonly failed: boolean;
  readonly text: string;
  /** US dollars of the whole conversation so far. */
  readonly costUsd?: number;
  /** Of this run of its program alone. */
  readonly tokens?: Tokens;
  /** Tools it asked for and was refused, each with what it was for: `Bash(npm test)`. */
  readonly denials: readonly string[];
  /** Whether it stopped by itself because it had spent what it was given. */
  readonly overBudget?: true;
  /** Why the model could not be had, when that made it fail. */
  readonly unavailable?: string;
}

/** What an agent told of its spending while it worked, in one run of its program. */
export interface Usage {
  /** US dollars of the whole conversation so far. */
  readonly costUsd?: number;
  /** Of all answers of its model. */
  readonly tokens: Tokens;
  readonly message?: { readonly id: string } & Tokens;
}

/** What a journal said so far. */
export interface Reading {
  readonly conversation?: string;
  /** The last things it said and did, one line each. */
  readonly recent: readonly string[];
  /** Ids of the tools in use. */
  readonly tools: readonly string[];
  readonly usage?: Usage;
  readonly limit?: { readonly until?: string };
  /** What it gave as its outcome in its own protocol. */
  readonly report?: unknown;
  readonly result?: AgentResult;
}

/** An agent's exit and everything it left. */
export interface AgentExit {
  readonly code: number;
  readonly resumed: boolean;
  readonly reading: Reading;
  /** What it said of the turn, in its own protocol or in the outcome file: a report, or what is wrong with it. */
  readonly report: Outcome;
  /** The end of its standard error. */
  readonly errors: string;
  /** The end of what it said, and of its errors. */
  readonly tail: string;
}

/** The turn's outcome, or that it needs another start in this way. */
export type Conclusion = { readonly outcome: Outcome } | { readonly again: 'start' | 'resume' };

/** What an agent can do, in words for a table. */
export interface Abilities {
  readonly resume: 'yes' | 'where the agent can' | 'up to the program';
  readonly outcome: 'JSON schema' | 'tools' | 'file';
  readonly cost: 'in dollars' | 'in tokens' | 'where the agent tells' | 'unknown';
  readonly sandbox: 'its own' | 'only Coppice’s';
}

/** How to find out whether an agent is logged in. */
interface Login {
  /** Variables, any of which is a login. */
  readonly keys: readonly string[];
  /** Arguments with which the program tells. */
  readonly status: readonly string[];
  tells(message: { readonly stdout: string; readonly exitCode: number }): boolean;
}

/** All that Coppice knows of one kind of agent. The prompt is on its standard input; output lines are journalled. */
export interface AgentAdapter {
  readonly name: AgentSettings['adapter'];
  /** The agent's program, unless `agent.command` names another; empty when only that can. */
  readonly program: string;
  /** Variables of its own login and configuration that it may see. */
  readonly variables: readonly string[];
  readonly abilities: Abilities;
  /** The oldest version it is known to work with; absent when any will do. */
  readonly oldest?: string;
  readonly login?: Login;
  /** What a person does when the program is missing. */
  readonly install: string;
  /** How it is to say what its turn came to. The file is read from all. */
  readonly reports: 'structured' | 'tools' | 'file';
  command(launch: Launch): AgentCommand;
  /** The same conversation, for a person at a terminal; absent where the agent has no such form. */
  interactive?(launch: Launch): AgentCommand;
  /** Pure; a line it can't read says nothing. */
  parse(line: string): AgentEvent[];
  /** Whether the agent got so far that its conversation can be resumed. */
  began(reading: Reading): boolean;
  conclude(exit: AgentExit): Conclusion;
}
