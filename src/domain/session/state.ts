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

/** A session's limits, and what a person decided about them. */
const Limits = z.object({
  /** How much a person added to the cost limits, in US dollars. */
  budgetTopUp: z.number(),
  /** Whether a person ended the wait for a usage limit, so that the next turn is tried in any case. */
  ignoreUsageLimit: z.boolean(),
  /** How many turns had been taken when a person was last asked whether to go on. */
  turnsAsked: z.number(),
  /** The outcome for which the next turn waits, and how much guidance waited before. */
  postponed: z.object({ outcome: Outcome, before: z.number().int(), over: z.boolean() }).nullable(),
});

/** The agent's report of its work. */
const Report = z.object({
  /** What was done, for the pull request; `tests` is how it was tested. */
  summary: z.string(),
  tests: z.string(),
  /** Its replies to points of feedback; `said` is its summary of that turn. */
  replies: z.array(Reply),
  said: z.string(),
});

/** What Coppice knows about the pull request besides GitHub's data. */
const Publication = z.object({
  /** The digest of the text that Coppice last wrote into the pull request. */
  described: z.string(),
  /** The reason for which the branch was last rebased onto its base. */
  branchUpdatedFor: z.string(),
  /** The pull request that GitHub closed with its base branch, and that the present one replaces. */
  replaced: z.number().nullable(),
  /** The stack to which it belongs, as its run last reported it. */
  stack: z.array(StackRow),
  /** What to know of the commits that were pushed last; absent before the first push. */
  cautions: z.array(z.string()).optional(),
});

/** The whole state of a session, as plain data, so that it survives continue-as-new. */
export const SessionState = z.object({
  input: SessionInput,
  phase: Phase,
  /** The dependency's branch on which the session is based, until that is merged. */
  parent: ParentBranch.nullable(),
  startedAt: z.string(),
  since: z.string(),
  lastHeartbeat: z.string(),
  activity: z.string(),
  /** Whether only a person's review is left to do. */
  ready: z.boolean().default(false),
  cancelled: z.boolean().default(false),
  registration: Registration.nullable(),
  base: Base.nullable(),
  /** The agent's conversation; null before its first turn. */
  conversation: Conversation.nullable(),
  /** The next turn of the phase `work`. */
  next: NextTurn,
  /** How many commits of others in the worktree the agent does not know of yet. */
  unknownCommits: z.number().int().default(0),
  plan: z.object({
    /** The beginning of the plan; empty before there is one. */
    text: z.string(),
    awaitsApproval: z.boolean(),
  }),
  /** The latest turns. `earlier` sums up the turns before, and `spending` is the cost of the last two days. */
  turns: z.array(TurnEntry),
  earlier: EarlierTurns,
  spending: z.array(Spending).default([]),
  diff: DiffStat.nullable(),
  /** The files that the session has changed, as git reported them last. */
  changed: Work.shape.changed,
  waitingUntil: z.string().nullable(),
  limits: Limits,
  stuck: Question.nullable(),
  /** The question that is open, or whose answer was not used yet. It survives continue-as-new. */
  openQuestion: OpenQuestion.nullable().default(null),
  /** A person's guidance, oldest first: all that waits, and the latest of the rest. */
  guidance: z.array(ReceivedGuidance),
  /** Ids of the latest updates, each of which is taken once. */
  updates: z.array(z.string()).default([]),
  /** The latest messages that the session refused. */
  refused: z.array(Refusal).default([]),
  /** Tools that a person has allowed besides those of coppice.yaml. */
  allowed: z.array(z.string()).default([]),
  pendingNotices: z.array(DependencyNotice),
  /** Whether a person paused the session. Then no turn begins until it is resumed. */
  paused: z.boolean(),
  /** A person's terminal that uses the session's agent and worktree. Until the person leaves, the session starts nothing. */
  attached: Attachment.nullable().default(null),
  pullRequest: PullRequestSnapshot.nullable(),
  feedback: FeedbackState,
  /** The agent's questions with the person's answers. */
  decisions: z.array(Decision),
  /** A conflict that is being resolved. */
  conflict: Conflict.nullable().default(null),
  /** Whether a person decided to start without dependencies that were cancelled. */
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

/** Stores the work that git reported. */
export function noteWork(state: SessionState, { diff, changed }: Work): void {
  state.diff = diff;
  state.changed = changed;
}

/** Facts from which the status follows, besides the phase. */
export type ChangeableStatusFacts = Partial<Pick<SessionState, 'stuck' | 'ready' | 'cancelled'>>;

/** Changes facts from which the status follows. When the status changes, `since` is set. @param now ISO 8601 */
export function changeStatusFacts(
  state: SessionState,
  now: string,
  changes: ChangeableStatusFacts | Pick<SessionState, 'phase'>,
): void {
  const before = statusOf(state);
  Object.assign(state, changes);
  if (statusOf(state) !== before) state.since = now;
}

/** The next step of a session: a phase, or a turn for the phase `work`. */
export type Next = Phase | NextTurn;

export function goTo(state: SessionState, now: string, next: Next): void {
  if (typeof next !== 'string') state.next = next;
  changeStatusFacts(state, now, { phase: typeof next === 'string' ? next : 'work' });
}
