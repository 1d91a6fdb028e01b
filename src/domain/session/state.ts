import { z } from 'zod';
import { Decision } from '../pull-request/body.ts';
import { FeedbackState, newFeedbackState } from '../pull-request/feedback-state.ts';
import { PullRequestSnapshot } from '../pull-request/pull-request.ts';
import { StackRow } from '../pull-request/stack-table.ts';
import { Refusal } from './answers.ts';
import { Asking, Conflict } from './asking.ts';
import { Attachment } from './attachment.ts';
import { Failures } from './failed-outcome.ts';
import { ReceivedGuidance } from './received-guidance.ts';
import {
  Base,
  Conversation,
  DependencyNews,
  ParentBranch,
  Registration,
  SessionInput,
  SessionStatus,
  TurnEntry,
} from './session.ts';
import { DiffStat, Outcome, Question, Reply, TurnKind, Work } from './turn.ts';
import { EarlierTurns, NO_TURNS, Spending } from './turn-log.ts';

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
  /** The agent's conversation; null before a turn of it was taken. */
  conversation: Conversation.nullable(),
  /** Why the next turn is taken, and what the agent is told in it besides guidance. */
  next: z.object({
    kind: TurnKind,
    words: z.string(),
    /** The issue was edited since the agent read it. */
    rereadIssue: z.boolean().optional(),
  }),
  planText: z.string(),
  /** The plan waits for an approval. */
  planned: z.boolean().default(false),
  /** The latest turns, how many there were before them, and what all cost lately. */
  turns: z.array(TurnEntry),
  earlier: EarlierTurns,
  spending: z.array(Spending).default([]),
  /** How many of them had been taken when a person was last asked whether to go on. */
  turnsAsked: z.number().default(0),
  diff: DiffStat.nullable(),
  /** The files it has changed, as last looked at. */
  changed: Work.shape.changed,
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
  /** What a person told it, oldest first: all that waits, and the latest of the rest. */
  guidance: z.array(ReceivedGuidance),
  /** What it was sent and did not take, the latest. */
  refused: z.array(Refusal).default([]),
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
  failures: Failures,
  /** What the agent answered to points of feedback, and what it said of the turn in which it dealt with them. */
  replies: z.array(Reply),
  said: z.string().default(''),
});
export type SessionState = z.infer<typeof SessionState>;

export function newSession(input: SessionInput, now: string): SessionState {
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
    conversation: null,
    next: { kind: 'plan', words: '' },
    planText: '',
    planned: false,
    turns: [],
    earlier: { ...NO_TURNS },
    spending: [],
    turnsAsked: 0,
    diff: null,
    budgetTopUp: 0,
    waitingUntil: null,
    postponed: null,
    ignoreUsageLimit: false,
    stuck: null,
    asking: null,
    guidance: [],
    refused: [],
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
    failures: { last: null, nudged: false, corrected: false },
    replies: [],
    said: '',
  };
}

/** What git said of the worktree last. */
export function noteWork(state: SessionState, { diff, changed }: Work): void {
  state.diff = diff;
  state.changed = changed;
}
