import { z } from 'zod';
import { Decision } from '../pull-request/body.ts';
import { FeedbackState, newFeedbackState } from '../pull-request/feedback-state.ts';
import { PullRequestSnapshot } from '../pull-request/pull-request.ts';
import { StackRow } from '../pull-request/stack-table.ts';
import { Attachment } from './attachment.ts';
import { Conflict } from './conflict.ts';
import { Failures } from './failed-outcome.ts';
import { OpenQuestion } from './open-question.ts';
import { ReceivedGuidance } from './received-guidance.ts';
import { Refusal } from './refusals.ts';
import { DependencyNotice } from './reports.ts';
import {
  Base,
  Conversation,
  ParentBranch,
  Registration,
  SessionInput,
  TurnEntry,
} from './session.ts';
import { Phase, statusOf } from './status.ts';
import { DiffStat, IMPLEMENT_TURN, NextTurn, Outcome, Question, Reply, Work } from './turn.ts';
import { EarlierTurns, NO_TURNS, Spending } from './turn-log.ts';

/** How a session stands with its limits. */
const Limits = z.object({
  /** What a person has put on top of the cost limits, in US dollars. */
  budgetTopUp: z.number(),
  /** A person ended its wait: the next turn is tried whatever is known of its account. */
  ignoreUsageLimit: z.boolean(),
  /** How many turns had been taken when a person was last asked whether to go on. */
  turnsAsked: z.number(),
  /** Why it waits with its next turn, and how much guidance there was before. */
  postponed: z.object({ outcome: Outcome, before: z.number().int(), over: z.boolean() }).nullable(),
});

/** What the agent reported of its work. */
const Report = z.object({
  /** For the pull request: what was done, and how it was tested. */
  summary: z.string(),
  tests: z.string(),
  /** Its replies to points of feedback, and what it said of the turn in which it dealt with them. */
  replies: z.array(Reply),
  said: z.string(),
});

/** What is known of the pull request besides what GitHub says. */
const Publication = z.object({
  /** Digest of the text that Coppice last wrote into it. */
  described: z.string(),
  /** What the branch was last moved for, when its base called for it. */
  branchUpdatedFor: z.string(),
  /** The pull request that GitHub closed with its base branch, and whose place the present one takes. */
  replaced: z.number().nullable(),
  /** The stack it is part of, as its run last said. */
  stack: z.array(StackRow),
  /** What to know of the commits that were pushed last; absent before the first push. */
  cautions: z.array(z.string()).optional(),
});

/** All that a session knows: plain data, so that it survives continue-as-new. */
export const SessionState = z.object({
  input: SessionInput,
  phase: Phase,
  /** The dependency's branch it stands on, until that is merged. */
  parent: ParentBranch.nullable(),
  startedAt: z.string(),
  since: z.string(),
  lastHeartbeat: z.string(),
  activity: z.string(),
  /** Nothing is left to do but a person's review. */
  ready: z.boolean().default(false),
  cancelled: z.boolean().default(false),
  registration: Registration.nullable(),
  base: Base.nullable(),
  /** The agent's conversation; null before a turn of it was taken. */
  conversation: Conversation.nullable(),
  /** The turn that the phase `work` takes next. */
  next: NextTurn,
  /** Commits of others in the worktree that the agent was not told of yet. */
  unknownCommits: z.number().int().default(0),
  plan: z.object({
    /** The beginning of it; empty before there is one. */
    text: z.string(),
    awaitsApproval: z.boolean(),
  }),
  /** The latest turns, how many there were before them, and what all cost lately. */
  turns: z.array(TurnEntry),
  earlier: EarlierTurns,
  spending: z.array(Spending).default([]),
  diff: DiffStat.nullable(),
  /** The files it has changed, as last looked at. */
  changed: Work.shape.changed,
  waitingUntil: z.string().nullable(),
  limits: Limits,
  stuck: Question.nullable(),
  /** A question that is open, or whose answer has not been acted on, also over an execution that continued as new. */
  openQuestion: OpenQuestion.nullable().default(null),
  /** What a person told it, oldest first: all that waits, and the latest of the rest. */
  guidance: z.array(ReceivedGuidance),
  /** Ids of the latest updates, each of which is taken once. */
  updates: z.array(z.string()).default([]),
  /** What it was sent and did not take, the latest. */
  refused: z.array(Refusal).default([]),
  /** Tools a person has allowed beyond coppice.yaml's. */
  allowed: z.array(z.string()).default([]),
  pendingNotices: z.array(DependencyNotice),
  /** A person holds it: no turn begins until it is resumed. */
  paused: z.boolean(),
  /** A person has its agent and its worktree in a terminal: nothing of it begins until they leave. */
  attached: Attachment.nullable().default(null),
  pullRequest: PullRequestSnapshot.nullable(),
  feedback: FeedbackState,
  /** What the agent asked, and what a person said to it. */
  decisions: z.array(Decision),
  /** A conflict that is being resolved. */
  conflict: Conflict.nullable().default(null),
  /** Whether a person has said to start without dependencies that ended cancelled. */
  startsWithout: z.boolean().default(false),
  failures: Failures,
  report: Report,
  publication: Publication,
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
    ready: false,
    cancelled: false,
    activity: `waits for a host that has ${input.repository}`,
    registration: null,
    base: null,
    conversation: null,
    next: { ...IMPLEMENT_TURN },
    unknownCommits: 0,
    plan: { text: '', awaitsApproval: false },
    turns: [],
    earlier: { ...NO_TURNS },
    spending: [],
    diff: null,
    waitingUntil: null,
    limits: { budgetTopUp: 0, ignoreUsageLimit: false, turnsAsked: 0, postponed: null },
    stuck: null,
    openQuestion: null,
    guidance: [],
    updates: [],
    refused: [],
    allowed: [],
    pendingNotices: [],
    paused: false,
    attached: null,
    pullRequest: null,
    decisions: [],
    feedback: newFeedbackState(),
    conflict: null,
    startsWithout: false,
    report: { summary: '', tests: '', replies: [], said: '' },
    publication: { described: '', branchUpdatedFor: '', replaced: null, stack: [] },
    failures: { last: null, nudged: false, corrected: false },
  };
}

/** What git said of the worktree last. */
export function noteWork(state: SessionState, { diff, changed }: Work): void {
  state.diff = diff;
  state.changed = changed;
}

/** What a session's status follows from, besides its phase. */
export type ChangeableStatusFacts = Partial<Pick<SessionState, 'stuck' | 'ready' | 'cancelled'>>;

/** Changes what the status follows from, and notes since when it is another one. @param now ISO 8601 */
export function changeStatusFacts(
  state: SessionState,
  now: string,
  changes: ChangeableStatusFacts | Pick<SessionState, 'phase'>,
): void {
  const before = statusOf(state);
  Object.assign(state, changes);
  if (statusOf(state) !== before) state.since = now;
}

/** What comes next in a session's life: a phase, or the turn that the phase `work` takes. */
export type Next = Phase | NextTurn;

export function goTo(state: SessionState, now: string, next: Next): void {
  if (typeof next !== 'string') state.next = next;
  changeStatusFacts(state, now, { phase: typeof next === 'string' ? next : 'work' });
}
