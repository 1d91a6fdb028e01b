import { z } from 'zod';
import { Remark } from '../pull-request/feedback-state.ts';
import { SessionStart } from '../pull-request/session-start.ts';
import { AgentName, type AgentSettings } from '../settings/agent-settings.ts';
import { BranchName } from '../settings/formats.ts';
import { SessionSettings } from '../settings/session-settings.ts';
import { IssueNumber } from '../shared/issue.ts';
import { RepositoryName } from '../shared/repository.ts';
import { Attachment } from './attachment.ts';
import { NO_TOKENS, Tokens } from './budget.ts';
import { QuestionOption } from './options.ts';
import { Refusal } from './refusals.ts';
import { SessionStatus } from './status.ts';
import { DiffStat, Question, TurnKind } from './turn.ts';

/** The branch of a dependency that a session starts on. */
export const ParentBranch = z.strictObject({
  issue: IssueNumber,
  branch: z.string().min(1),
  pullRequestUrl: z.string(),
});
export type ParentBranch = z.infer<typeof ParentBranch>;

/** Input of `issueWorkflow`: what a person must say; everything else is found out at registration. */
export const SessionInput = z.strictObject({
  repository: RepositoryName,
  issue: IssueNumber,
  /** The run it belongs to; absent for a session started on its own. */
  run: z.string().optional(),
  parent: ParentBranch.optional(),
  /** The branch the work is meant for, instead of coppice.yaml's. */
  base: BranchName.optional(),
  /** The agent that works on it, instead of the usual one: one of coppice.yaml's, or an adapter. */
  agent: AgentName.optional(),
  /** Why the plan must be approved by a person before code is written. */
  caution: z.string().max(2_000).optional(),
  /** Dependencies that ended cancelled: the session asks what to do about it before anything is made. */
  cancelled: z.array(IssueNumber).optional(),
});
export type SessionInput = z.infer<typeof SessionInput>;

/** Where a session lives, decided at registration. */
export const SessionLocation = z.object({
  repository: RepositoryName,
  issue: IssueNumber,
  hostId: z.string(),
  /** Absolute path of the person's own checkout. */
  checkout: z.string(),
  /** Absolute path of the session's worktree. */
  worktree: z.string(),
  branch: z.string(),
  remote: z.string(),
});
export type SessionLocation = z.infer<typeof SessionLocation>;

/** What a session's branch stands on: a branch name on the remote, and the commit of it that the work starts from. */
export const Base = z.object({ branch: z.string(), tip: z.string() });
export type Base = z.infer<typeof Base>;

/** An agent's conversation: its id, and the adapter of the agent that it is held with; empty when that is not known. */
export const Conversation = z.object({ id: z.string(), adapter: z.string() });
export type Conversation = z.infer<typeof Conversation>;

/** The result of a registration. */
export const Registration = z.object({
  location: SessionLocation,
  settings: SessionSettings,
  /** The branch into which the work is merged in the end, such as `main`. */
  targetBranch: z.string(),
  title: z.string(),
  /** The conversation of an earlier session of this issue, whose worktree is still there. */
  conversation: z.string().nullable(),
  /** The adapter of that conversation's agent; empty when it is not known. */
  conversationAdapter: z.string().default(''),
  /** When the session was registered, by GitHub's clock; null when that is not known. */
  began: SessionStart.nullable().default(null),
});
export type Registration = z.infer<typeof Registration>;

/** An activity of a session that fails and is retried, as the server reports it. */
export const Retrying = z.object({
  /** The activity's name. */
  activity: z.string(),
  /** The number of the next attempt, or of the one that runs. */
  attempt: z.number().int(),
  /** The last failure, in one line. */
  failure: z.string(),
  /** When the next attempt begins, ISO 8601; null while one runs. */
  nextTry: z.string().nullable(),
});
export type Retrying = z.infer<typeof Retrying>;

/** The status record, as in the status file. Times are ISO 8601. */
export const SessionRecord = z.object({
  id: z.string(),
  issueNumber: IssueNumber,
  issueTitle: z.string(),
  status: SessionStatus,
  branch: z.string(),
  worktreePath: z.string(),
  startedAt: z.string(),
  lastHeartbeat: z.string(),
  stuckReason: z.string().nullable(),
  forwardedMessage: z.string().nullable(),
  pullRequestUrl: z.string().nullable(),

  repository: RepositoryName,
  run: z.string().nullable(),
  pullRequestState: z.enum(['open', 'merged', 'closed']).nullable(),
  diff: DiffStat.nullable(),
  costUsd: z.number(),
  /** All tokens that its agents reported. */
  tokens: Tokens.default(NO_TOKENS),
  /** The tokens of turns without a known cost, because the agent reports none and no price is configured. */
  unpriced: Tokens.default(NO_TOKENS),
  /** How many turns count for the limit: those that met a usage limit or had no model do not. */
  turns: z.number().int().default(0),
  waitingUntil: z.string().nullable(),
  /** When the status last changed. */
  since: z.string(),
  /** What the session does now, in one line. */
  activity: z.string(),
  /** The options of a stuck session's question, with shortened texts. */
  options: z.array(QuestionOption).default([]),
  /** Which kind of answer a stuck session needs; null when it is not stuck. */
  asksFor: Question.shape.asksFor.unwrap().nullable().default(null),
  /** Since when it is attached to a terminal; null when it is not. */
  attachedSince: z.string().nullable().default(null),
  /** Absent when nothing fails, and when only the session itself was queried, which does not know of retries. */
  retrying: Retrying.optional(),
});
export type SessionRecord = z.infer<typeof SessionRecord>;

export const TurnEntry = z.object({
  id: z.string(),
  kind: TurnKind,
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  outcome: z.string().nullable(),
  summary: z.string(),
  costUsd: z.number().nullable(),
  tokens: Tokens.nullable().default(null),
});
export type TurnEntry = z.infer<typeof TurnEntry>;

export const GuidanceEntry = z.object({
  text: z.string(),
  action: z.string(),
  receivedAt: z.string(),
  /** Whether the model of a chat passed it on. */
  relayed: z.boolean().default(false),
});
export type GuidanceEntry = z.infer<typeof GuidanceEntry>;

/** Everything about one session, for `coppice show`. */
export const SessionDetail = z.object({
  record: SessionRecord,
  stuck: Question.nullable(),
  /** The agent's plan. A long plan is cut and ends with `…`; `.coppice/plan.md` in the worktree has all of it. */
  plan: z.string(),
  turns: z.array(TurnEntry),
  /** The agent's conversation; null before its first turn. */
  conversation: z.string().nullable().default(null),
  guidance: z.array(GuidanceEntry),
  /** The agent that works on it; null before it is registered. Planning turns may have another agent. */
  agent: z
    .object({
      /** The name that was asked for; null for the usual agent. */
      name: z.string().nullable(),
      adapter: z.string(),
      model: z.string().nullable(),
    })
    .nullable()
    .default(null),
  /** Where it can be opened in a terminal; null before its first turn. */
  terminal: z
    .object({
      hostId: z.string(),
      /** The adapter of the conversation's agent. */
      conversationAdapter: z.string(),
      attached: Attachment.nullable(),
    })
    .nullable()
    .default(null),
  /** Comments on its pull request and issue that only the person is shown. */
  remarks: z.array(Remark).default([]),
  /** What to know of its commits before they are merged, in Markdown. */
  cautions: z.array(z.string()).optional(),
  /** Messages that it refused. */
  refused: z.array(Refusal).default([]),
  /** What its commits are based on; null before it has a worktree. */
  base: Base.nullable().optional(),
  /** How many turns there were before those listed. */
  earlier: z.object({ turns: z.number(), counted: z.number().default(0) }).optional(),
  /** The cost of its turns in the last two days, by quarters of an hour, in US dollars. */
  spending: z.array(z.object({ at: z.string(), costUsd: z.number() })).optional(),
});
export type SessionDetail = z.infer<typeof SessionDetail>;

/** What `coppice attach` needs to open a session's agent in a terminal. */
export interface Attached {
  readonly location: SessionLocation;
  readonly conversation: string;
  /** The settings of the conversation's agent. */
  readonly agent: AgentSettings;
  /** The kind of the last turn. */
  readonly kind: TurnKind;
}

/** Whether it is merged or cancelled, so that nothing more happens to it. */
export const isOver = (record: SessionRecord): boolean =>
  record.status === 'cancelled' || record.pullRequestState === 'merged';
