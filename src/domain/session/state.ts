import { z } from 'zod';
import { Decision } from '../pull-request/body.ts';
import { FeedbackState, newFeedbackState } from '../pull-request/feedback-state.ts';
import { PullRequestSnapshot, pullRequestState } from '../pull-request/pull-request.ts';
import { StackRow } from '../pull-request/stack-table.ts';
import { Refusal } from './answers.ts';
import { Asking, Conflict } from './asking.ts';
import { Attachment } from './attachment.ts';
import { NO_TOKENS, Tokens } from './budget.ts';
import { FailedOutcome } from './failed-outcome.ts';
import { Guidance } from './guidance.ts';
import {
  Base,
  DependencyNews,
  GuidanceEntry,
  isAtWork,
  ParentBranch,
  Registration,
  type SessionDetail,
  SessionInput,
  type SessionRecord,
  type SessionReport,
  SessionStatus,
  TurnEntry,
} from './session.ts';
import { DiffStat, Outcome, Question, Reply, TurnKind, Work } from './turn.ts';
import { countedTurns, EarlierTurns, Spending } from './turn-log.ts';

/** The parts of a session's life, in order; `work`, `publish` and `review` come round again. */
export const Phase = z.enum(['register', 'plan', 'work', 'publish', 'review', 'ended']);
export type Phase = z.infer<typeof Phase>;

/** All that a session knows: plain data, so that it survives continue-as-new. */
export const SessionState = z.object({
  input: SessionInput,
  phase: Phase,
  /** The dependency's branch it stands on, until that is merged. */
  parent: ParentBranch.nullable(),
  startedAt: z.string(),
  since: z.string(),
  lastHeartbeat: z.string(),
  status: SessionStatus,
  activity: z.string(),
  registration: Registration.nullable(),
  base: Base.nullable(),
  /** The agent's conversation, and whether a turn of it has been taken. */
  conversation: z.string(),
  hasConversation: z.boolean(),
  /** The adapter of the agent it is held with; empty before there is one. */
  conversationAdapter: z.string().default(''),
  /** Why the next turn is taken, and what the agent is told in it besides guidance. */
  next: z.object({
    kind: TurnKind,
    words: z.string(),
    /** The issue was edited since the agent read it. */
    rereadIssue: z.boolean().optional(),
  }),
  /** The last turn was invalid, and this one asks the agent to mend that. */
  nudged: z.boolean().default(false),
  planText: z.string(),
  /** The plan waits for an approval. */
  planned: z.boolean().default(false),
  /** The latest turns, how many there were before them, and what all cost lately. */
  turns: z.array(TurnEntry),
  earlier: EarlierTurns.default({ turns: 0, attempts: 0 }),
  spending: z.array(Spending).default([]),
  /** How many of them had been taken when a person was last asked whether to go on. */
  turnsAsked: z.number().default(0),
  diff: DiffStat.nullable(),
  /** The files it has changed, as last looked at. */
  changed: Work.shape.changed,
  costUsd: z.number(),
  /** All tokens that its agents told of, and those of them whose cost nobody knows. */
  tokens: Tokens.default(NO_TOKENS),
  unpriced: Tokens.default(NO_TOKENS),
  /** What a person has put on top of the limits, in US dollars. */
  budgetTopUp: z.number().default(0),
  waitingUntil: z.string().nullable(),
  /** Why it waits with its next turn, and how much guidance there was before. */
  postponed: z
    .object({ outcome: Outcome, before: z.number().int(), over: z.boolean() })
    .nullable()
    .default(null),
  /** A person ended its wait: the next turn is tried whatever is known of its account. */
  ignoreUsageLimit: z.boolean().default(false),
  stuck: Question.nullable(),
  /** A question that is open, or whose answer has not been acted on, also over an execution that continued as new. */
  asking: Asking.nullable().default(null),
  guidance: z.array(GuidanceEntry),
  /** Guidance received and not yet given to the agent, oldest first. */
  pendingGuidance: z.array(Guidance),
  /** What it was sent and did not take, the latest. */
  refused: z.array(Refusal).default([]),
  /** Guidance on its way to the agent in the present turn. */
  forwarded: z.string().nullable(),
  /** Tools a person has allowed beyond coppice.yaml's. */
  allowed: z.array(z.string()).default([]),
  pendingNews: z.array(DependencyNews),
  /** A person holds it: no turn begins until it is resumed. */
  paused: z.boolean(),
  /** A person has its agent and its worktree in a terminal: nothing of it begins until they leave. */
  attached: Attachment.nullable().default(null),
  pullRequest: PullRequestSnapshot.nullable(),
  /** The pull request that GitHub closed with its base branch, and whose place the present one takes. */
  replaced: z.number().nullable().default(null),
  feedback: FeedbackState,
  summary: z.string(),
  tests: z.string(),
  /** What the agent asked, and what a person said to it. */
  decisions: z.array(Decision),
  /** The stack it is part of, as its run last told. */
  stack: z.array(StackRow),
  /** What the branch was last moved for, when its base called for it. */
  branchUpdatedFor: z.string(),
  /** Digest of what the pull request was last told to tell. */
  described: z.string(),
  /** A conflict that is being resolved. */
  conflict: Conflict.nullable().default(null),
  /** Whether a person has said to start without dependencies that ended cancelled. */
  startsWithout: z.boolean().default(false),
  /** How it failed last; null once it has come further. */
  lastFailure: FailedOutcome.nullable().default(null),
  /** Whether the agent was already told that its commits can't be pushed as they are. */
  corrected: z.boolean(),
  /** What the agent answered to points of feedback, and what it said of the turn in which it dealt with them. */
  replies: z.array(Reply),
  said: z.string().default(''),
});
export type SessionState = z.infer<typeof SessionState>;

export function newSession(input: SessionInput, conversation: string, now: string): SessionState {
  return {
    input,
    phase: 'register',
    parent: input.parent ?? null,
    startedAt: now,
    since: now,
    lastHeartbeat: now,
    status: 'registered',
    activity: `waits for a host that has ${input.repository}`,
    registration: null,
    base: null,
    conversation,
    hasConversation: false,
    conversationAdapter: '',
    next: { kind: 'plan', words: '' },
    nudged: false,
    planText: '',
    planned: false,
    turns: [],
    earlier: { turns: 0, attempts: 0 },
    spending: [],
    turnsAsked: 0,
    diff: null,
    costUsd: 0,
    tokens: NO_TOKENS,
    unpriced: NO_TOKENS,
    budgetTopUp: 0,
    waitingUntil: null,
    postponed: null,
    ignoreUsageLimit: false,
    stuck: null,
    asking: null,
    guidance: [],
    pendingGuidance: [],
    refused: [],
    forwarded: null,
    allowed: [],
    pendingNews: [],
    paused: false,
    attached: null,
    pullRequest: null,
    replaced: null,
    summary: '',
    tests: '',
    decisions: [],
    stack: [],
    branchUpdatedFor: '',
    described: '',
    feedback: newFeedbackState(),
    conflict: null,
    startsWithout: false,
    lastFailure: null,
    corrected: false,
    replies: [],
    said: '',
  };
}

export function toRecord(state: SessionState): SessionRecord {
  const { input, registration, pullRequest } = state;
  return {
    id: String(input.issue),
    issueNumber: input.issue,
    issueTitle: registration?.title ?? '',
    status: state.status,
    branch: registration?.location.branch ?? '',
    worktreePath: registration?.location.worktree ?? '',
    startedAt: state.startedAt,
    lastHeartbeat: state.lastHeartbeat,
    stuckReason: state.stuck?.decision ?? null,
    forwardedMessage: state.forwarded,
    pullRequestUrl: pullRequest?.url ?? null,
    repository: input.repository,
    run: input.run ?? null,
    pullRequestState: pullRequest && pullRequestState(pullRequest),
    diff: state.diff,
    costUsd: state.costUsd,
    tokens: state.tokens,
    unpriced: state.unpriced,
    attempts: countedTurns(state),
    waitingUntil: state.waitingUntil,
    since: state.since,
    activity: state.activity,
    asksFor: state.stuck?.asksFor ?? null,
    attachedSince: state.attached?.since ?? null,
  };
}

export const toDetail = (state: SessionState): SessionDetail => ({
  record: toRecord(state),
  stuck: state.stuck,
  plan: state.planText,
  turns: state.turns,
  conversation: state.hasConversation ? state.conversation : null,
  guidance: state.guidance,
  agent: agentOf(state),
  terminal: terminalOf(state),
  remarks: state.feedback.remarks,
  refused: state.refused,
  earlier: state.earlier,
  spending: state.spending,
});

function agentOf({ input, registration }: SessionState): SessionDetail['agent'] {
  if (!registration) return null;
  const { adapter, model } = registration.settings.agent;
  return { name: input.agent ?? null, adapter, model: model ?? null };
}

const terminalOf = ({
  registration,
  hasConversation,
  conversationAdapter,
  attached,
}: SessionState) =>
  registration && hasConversation && conversationAdapter !== ''
    ? { hostId: registration.location.hostId, conversationAdapter, attached }
    : null;

/** What git said of the worktree last. */
export function noteWork(state: SessionState, { diff, changed }: Work): void {
  state.diff = diff;
  state.changed = changed;
}

export function toReport(state: SessionState): SessionReport {
  const { input, status, registration, pullRequest, parent, changed } = state;
  const landed = pullRequest?.merged === true && pullRequest.base === registration?.targetBranch;
  return {
    issue: input.issue,
    status,
    atWork: isAtWork(status) && state.phase !== 'review',
    branch: registration?.location.branch ?? '',
    pullRequest: pullRequest && reported(pullRequest),
    ...(parent && !landed && { parent: parent.issue }),
    ...(changed !== undefined &&
      changed.length > 0 &&
      pullRequest?.merged !== true &&
      status !== 'cancelled' && { changes: changed }),
  };
}

const reported = ({ checks: _, mergeable: __, ...pullRequest }: PullRequestSnapshot) => pullRequest;
