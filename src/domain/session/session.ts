import { z } from 'zod';
import { Remark } from '../pull-request/feedback-state.ts';
import { SessionStart } from '../pull-request/session-start.ts';
import { AgentName, type AgentSettings } from '../settings/agent-settings.ts';
import { BranchName, SessionSettings } from '../settings/policy.ts';
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

/** Everything registration finds out. */
export const Registration = z.object({
  location: SessionLocation,
  settings: SessionSettings,
  /** The branch the work is meant for in the end, e.g. `main`. */
  targetBranch: z.string(),
  title: z.string(),
  /** The conversation of an earlier session of this issue, whose worktree is still there. */
  conversation: z.string().nullable(),
  /** The adapter of the agent it was held with; empty when that is not known. */
  conversationAdapter: z.string().default(''),
  /** When that was, as GitHub tells it; null where that is not known. */
  began: SessionStart.nullable().default(null),
});
export type Registration = z.infer<typeof Registration>;

/** A step of a session that fails and is tried again, as the server tells. */
export const Retrying = z.object({
  /** The activity's name. */
  activity: z.string(),
  /** Of the attempt to come, or under way. */
  attempt: z.number().int(),
  /** The last failure, in one line. */
  failure: z.string(),
  /** When it is tried next, ISO 8601; null while it is being tried. */
  nextTry: z.string().nullable(),
});
export type Retrying = z.infer<typeof Retrying>;

/** The seed's status record, with the same names, and what Coppice adds. Times are ISO 8601. */
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
  /** All that its agents told of. */
  tokens: Tokens.default(NO_TOKENS),
  /** Those of turns whose cost nobody knows: the agent tells none, and they have no price. */
  unpriced: Tokens.default(NO_TOKENS),
  /** Turns begun, those aside that met a usage limit or had no model. */
  turns: z.number().int().default(0),
  waitingUntil: z.string().nullable(),
  /** When the status last changed. */
  since: z.string(),
  /** One line of what is going on. */
  activity: z.string(),
  /** The options of a stuck session's question, each shortened. */
  options: z.array(QuestionOption).default([]),
  /** How a stuck session is answered; null when it is not stuck. */
  asksFor: Question.shape.asksFor.unwrap().nullable().default(null),
  /** Since when it has been held for a terminal; null when it is not. */
  attachedSince: z.string().nullable().default(null),
  /** Absent when nothing fails, and where only the session itself was asked: it hears of no attempts. */
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
  /** The agent's plan; of a long one the beginning, with `…` at its end: the whole is `.coppice/plan.md` in the worktree. */
  plan: z.string(),
  turns: z.array(TurnEntry),
  /** The agent's conversation, once a turn of it was taken. */
  conversation: z.string().nullable().default(null),
  guidance: z.array(GuidanceEntry),
  /** The agent that works on it, but for planning turns that have one of their own; null before it is registered. */
  agent: z
    .object({
      /** As it was asked for; null for the usual one. */
      name: z.string().nullable(),
      adapter: z.string(),
      model: z.string().nullable(),
    })
    .nullable()
    .default(null),
  /** Where it can be opened in a terminal; null before a turn was taken. */
  terminal: z
    .object({
      hostId: z.string(),
      /** The adapter of the agent that the conversation is held with. */
      conversationAdapter: z.string(),
      attached: Attachment.nullable(),
    })
    .nullable()
    .default(null),
  /** What was said on its pull request and issue that only the person is shown. */
  remarks: z.array(Remark).default([]),
  /** What to know of its commits before they are merged, in Markdown. */
  cautions: z.array(z.string()).optional(),
  /** What it was sent and did not take. */
  refused: z.array(Refusal).default([]),
  /** What its commits are based on; null before it has a worktree. */
  base: Base.nullable().optional(),
  /** How many turns there were before those listed. */
  earlier: z.object({ turns: z.number(), counted: z.number().default(0) }).optional(),
  /** What its turns of the last two days cost, by quarters of an hour, in US dollars. */
  spending: z.array(z.object({ at: z.string(), costUsd: z.number() })).optional(),
});
export type SessionDetail = z.infer<typeof SessionDetail>;

/** What is opened in a terminal. */
export interface Attached {
  readonly location: SessionLocation;
  readonly conversation: string;
  /** Settings of the agent that it is held with. */
  readonly agent: AgentSettings;
  /** The kind of the last turn. */
  readonly kind: TurnKind;
}

/** Merged or cancelled: nothing more will happen to it. */
export const isOver = (record: SessionRecord): boolean =>
  record.status === 'cancelled' || record.pullRequestState === 'merged';
