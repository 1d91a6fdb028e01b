import type { z } from 'zod';
import type { PlannedIssue } from '../domain/run/plan.ts';
import type { RunArguments, RunResult, RunStatus } from '../domain/run/run.ts';
import type { AttachRequest, Detach } from '../domain/session/attachment.ts';
import type { GuidanceInput } from '../domain/session/guidance.ts';
import {
  type Attached,
  isOver,
  type SessionDetail,
  type SessionRecord,
} from '../domain/session/session.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import type { ChannelProblem } from '../state/outbox.ts';

/** Where an answer came from: the workflow itself, or what this host last recorded of it. */
export interface Freshness {
  readonly source: 'live' | 'recorded';
  /** When it was true, ISO 8601. */
  readonly asOf: string;
}

/** Why an open workflow did not answer its query. */
export interface Unresponsive {
  /** `task-fails`: a worker has it and can't go on with it; `no-response`: no worker answered in time. */
  readonly why: 'task-fails' | 'no-response';
  /** In one line. */
  readonly cause: string;
  /** What the person can do, in one line. */
  readonly advice: string;
}

export interface BoardSession extends Freshness {
  readonly workflowId: string;
  readonly record: SessionRecord;
  /** Present when its workflow is open and did not answer, whatever the record says. */
  readonly unresponsive?: Unresponsive;
  /** Whether this host still has its worktree or branch, which `coppice prune` removes. */
  readonly leftHere?: boolean;
}

/** Whether the session is open. One that does not answer counts as open, whatever an older record says. */
export const isOpen = ({ record, unresponsive }: BoardSession): boolean =>
  unresponsive !== undefined || !isOver(record);

/** An open run that did not answer its query. */
export interface UnresponsiveRun extends Unresponsive {
  readonly name: string;
  readonly workflowId: string;
}

export interface Board extends Freshness {
  /** Open runs, oldest first. */
  readonly runs: readonly RunStatus[];
  /** Open runs that did not answer, oldest first. */
  readonly unresponsiveRuns: readonly UnresponsiveRun[];
  /** Sessions by issue number. */
  readonly sessions: readonly BoardSession[];
  /** Paths of this host's records that can't be read: what they held is not shown. */
  readonly damaged: readonly string[];
  /** Until when GitHub's rate limits keep this host from asking; null when they don't. ISO 8601. */
  readonly githubUntil: string | null;
  /** Accounts of this host that have reached their usage limit, and when their sessions go on. ISO 8601. */
  readonly usageLimits: readonly { readonly account: string; readonly until: string }[];
  /** Channels of this host that do not deliver what you are to be told, and why. */
  readonly channelProblems: readonly ChannelProblem[];
}

export interface StartedRun {
  readonly name: string;
  readonly workflowId: string;
  readonly sessions: readonly {
    readonly issue: number;
    readonly workflowId: string;
    /** Of the issue, as far as the run was told it. */
    readonly title?: string;
  }[];
  /** The run in Temporal's Web UI; absent when the server has none we know of. */
  readonly webUrl?: string;
  /** Resolves when every session has ended. */
  result(): Promise<RunResult>;
}

export interface SessionView extends Freshness {
  readonly workflowId: string;
  readonly detail: SessionDetail;
  readonly webUrl?: string;
  /** Present when its workflow is open and did not answer. */
  readonly unresponsive?: Unresponsive;
  /** As on the board. */
  readonly leftHere?: boolean;
}

/** A change of an open run. */
export type Amendment =
  | { readonly do: 'add'; readonly entry: z.input<typeof PlannedIssue> }
  | { readonly do: 'drop'; readonly issue: number }
  /** These issues start before the others, in this order. */
  | { readonly do: 'reorder'; readonly first: readonly number[] }
  | { readonly do: 'setConcurrency'; readonly concurrency: number }
  /** The run with all of its sessions. */
  | { readonly do: 'pause' }
  | { readonly do: 'resume' };

/** A session whose workflow was closed from outside of Coppice. */
export interface OrphanedSession {
  readonly repository: RepositoryName;
  readonly issue: number;
  readonly worktree: string;
}

/** The API that the command line, MCP and scripts use. */
export interface Coppice {
  /** @throws AlreadyRunning when a run of that name is open */
  startRun(input: RunArguments): Promise<StartedRun>;
  /** Open runs, oldest first; one that no worker answers for is missing. */
  runs(repository: RepositoryName): Promise<RunStatus[]>;
  /** A run, as if it had just been started. @throws NoSuchRun */
  joinRun(repository: RepositoryName, name: string): Promise<StartedRun>;
  /** Open sessions, and those that ended within the server's retention. */
  board(repository: RepositoryName): Promise<Board>;
  /** @throws NoSuchSession */
  show(repository: RepositoryName, issue: number): Promise<SessionView>;
  /** @throws NoSuchSession when no session of that issue is open; Refused with the reason when it answers nothing it is asked */
  guide(repository: RepositoryName, issue: number, guidance: GuidanceInput): Promise<void>;
  /** Asks the session to stop its agent and end cancelled; work is kept. @throws NoSuchSession */
  cancel(repository: RepositoryName, issue: number): Promise<void>;
  /** Changes an open run. @throws NoSuchRun; Refused with the reason */
  amend(repository: RepositoryName, run: string, amendment: Amendment): Promise<void>;
  /** Holds a stuck or complete session for a terminal. @throws NoSuchSession; Refused with the reason */
  attach(repository: RepositoryName, issue: number, request: AttachRequest): Promise<Attached>;
  /** Lets it go on after that. @throws NoSuchSession when it has ended */
  detach(repository: RepositoryName, issue: number, detach: Detach): Promise<void>;
  /** Holds a session after its present turn, or lets it go on, also from a terminal. @throws NoSuchSession */
  pause(repository: RepositoryName, issue: number, paused: boolean): Promise<void>;
  /** Cancels what a run has not started; its sessions go on. @throws NoSuchRun */
  cancelRun(repository: RepositoryName, run: string): Promise<void>;
  /** What `temporal workflow terminate`, or a lost database, left on this host. */
  left(): Promise<OrphanedSession[]>;
  close(): Promise<void>;
}

/** An error that a person can act on: there is no such session or run, or one is open already. */
export class ClientError extends Error {
  readonly kind:
    | 'NoSuchSession'
    | 'NoSuchRun'
    | 'AlreadyRunning'
    | 'Refused'
    | 'Unresponsive'
    | 'Unreachable';

  constructor(kind: ClientError['kind'], message: string) {
    super(message);
    this.name = 'ClientError';
    this.kind = kind;
  }
}
