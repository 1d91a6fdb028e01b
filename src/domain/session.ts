import { z } from 'zod';
import { Guidance } from './guidance.ts';
import { IssueNumber } from './issue.ts';
import { BranchName, SessionSettings } from './policy.ts';
import { PullRequestSnapshot, pullRequestState } from './pull-request.ts';
import { RepositoryName } from './repository.ts';
import { DiffStat, StuckContext, TurnKind } from './turn.ts';

/** The six values a person sees. A merged session is `complete` with its pull request `merged`. */
export const SessionStatus = z.enum([
  'registered',
  'planning',
  'working',
  'stuck',
  'complete',
  'cancelled',
]);
export type SessionStatus = z.infer<typeof SessionStatus>;

/** Statuses in which a session has an agent at work, or is about to. */
export const isAtWork = (status: SessionStatus): boolean =>
  status === 'registered' || status === 'planning' || status === 'working';

/** The branch of a dependency that a session starts on. */
export const Underlay = z.strictObject({
  issue: IssueNumber,
  branch: z.string().min(1),
  pullRequestUrl: z.string(),
});
export type Underlay = z.infer<typeof Underlay>;

/** Input of `issueWorkflow`: what a person must say; everything else is found out at registration. */
export const SessionInput = z.strictObject({
  repository: RepositoryName,
  issue: IssueNumber,
  /** The run it belongs to; absent for a session started on its own. */
  run: z.string().optional(),
  onTopOf: Underlay.optional(),
  /** The branch the work is meant for, instead of coppice.yaml's. */
  base: BranchName.optional(),
  /** Why the plan must be approved by a person before code is written. */
  caution: z.string().max(2_000).optional(),
  /** A question to ask before anything is made: the session begins stuck on it. */
  question: StuckContext.optional(),
});
export type SessionInput = z.infer<typeof SessionInput>;

/** Where a session lives, decided at registration. */
export const Place = z.object({
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
export type Place = z.infer<typeof Place>;

/** What a session's branch stands on: a branch name on the remote, and the commit of it that the work starts from. */
export const Base = z.object({ branch: z.string(), tip: z.string() });
export type Base = z.infer<typeof Base>;

/** Everything registration finds out. */
export const Registration = z.object({
  place: Place,
  settings: SessionSettings,
  /** The branch the work is meant for in the end, e.g. `main`. */
  trunk: z.string(),
  title: z.string(),
});
export type Registration = z.infer<typeof Registration>;

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
  /** Turns begun. */
  attempts: z.number().int(),
  waitingUntil: z.string().nullable(),
  /** When the status last changed. */
  since: z.string(),
  /** One line of what is going on. */
  activity: z.string(),
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
});
export type TurnEntry = z.infer<typeof TurnEntry>;

export const GuidanceEntry = z.object({
  text: z.string(),
  action: z.string(),
  receivedAt: z.string(),
});
export type GuidanceEntry = z.infer<typeof GuidanceEntry>;

/** Everything about one session, for `coppice show`. */
export const SessionDetail = z.object({
  record: SessionRecord,
  stuck: StuckContext.nullable(),
  /** The agent's plan, shortened; the whole is `.coppice/plan.md` in the worktree. */
  plan: z.string(),
  turns: z.array(TurnEntry),
  guidance: z.array(GuidanceEntry),
});
export type SessionDetail = z.infer<typeof SessionDetail>;

/** What a run hears of its sessions. */
export const SessionReport = z.object({
  issue: IssueNumber,
  status: SessionStatus,
  branch: z.string(),
  pullRequest: PullRequestSnapshot.nullable(),
});
export type SessionReport = z.infer<typeof SessionReport>;

export const hasEnded = (
  session: Pick<SessionReport, 'status'> & { pullRequest: { merged: boolean } | null },
): boolean => session.status === 'cancelled' || session.pullRequest?.merged === true;

/** Merged or cancelled: nothing more will happen to it. */
export const isOver = (record: SessionRecord): boolean =>
  record.status === 'cancelled' || record.pullRequestState === 'merged';

/** What a run tells a session of the one below it. */
export const DependencyNews = z.object({
  issue: IssueNumber,
  /** `moved`: its branch has other commits than before. */
  event: z.enum(['moved', 'merged', 'cancelled']),
});
export type DependencyNews = z.infer<typeof DependencyNews>;

export const SessionResult = z.object({
  issue: IssueNumber,
  status: z.enum(['merged', 'cancelled']),
  pullRequestUrl: z.string().nullable(),
  turns: z.number().int(),
  costUsd: z.number(),
});
export type SessionResult = z.infer<typeof SessionResult>;

/** The parts of a session's life, in order; `work`, `publish` and `review` come round again. */
export const Phase = z.enum(['register', 'plan', 'work', 'publish', 'review', 'ended']);
export type Phase = z.infer<typeof Phase>;

/** All that a session knows: plain data, so that it survives continue-as-new. */
export const SessionState = z.object({
  input: SessionInput,
  phase: Phase,
  /** The dependency's branch it stands on, until that is merged. */
  onTopOf: Underlay.nullable(),
  startedAt: z.string(),
  since: z.string(),
  lastHeartbeat: z.string(),
  status: SessionStatus,
  activity: z.string(),
  registration: Registration.nullable(),
  base: Base.nullable(),
  /** The agent's conversation, and whether a turn of it has been taken. */
  conversation: z.string(),
  conversing: z.boolean(),
  /** Why the next turn is taken, and what the agent is told in it besides guidance. */
  next: z.object({ kind: TurnKind, words: z.string() }),
  planText: z.string(),
  turns: z.array(TurnEntry),
  diff: DiffStat.nullable(),
  costUsd: z.number(),
  waitingUntil: z.string().nullable(),
  stuck: StuckContext.nullable(),
  guidance: z.array(GuidanceEntry),
  /** Guidance received and not yet given to the agent, oldest first. */
  pendingGuidance: z.array(Guidance),
  /** Guidance on its way to the agent in the present turn. */
  forwarded: z.string().nullable(),
  pendingNews: z.array(DependencyNews),
  /** A person holds it: no turn begins until it is resumed. */
  paused: z.boolean(),
  pullRequest: PullRequestSnapshot.nullable(),
  summary: z.string(),
  tests: z.string(),
});
export type SessionState = z.infer<typeof SessionState>;

export function newSession(input: SessionInput, conversation: string, now: string): SessionState {
  return {
    input,
    phase: 'register',
    onTopOf: input.onTopOf ?? null,
    startedAt: now,
    since: now,
    lastHeartbeat: now,
    status: 'registered',
    activity: 'waiting for a host',
    registration: null,
    base: null,
    conversation,
    conversing: false,
    next: { kind: 'plan', words: '' },
    planText: '',
    turns: [],
    diff: null,
    costUsd: 0,
    waitingUntil: null,
    stuck: null,
    guidance: [],
    pendingGuidance: [],
    forwarded: null,
    pendingNews: [],
    paused: false,
    pullRequest: null,
    summary: '',
    tests: '',
  };
}

export function toRecord(state: SessionState): SessionRecord {
  const { input, registration, pullRequest } = state;
  return {
    id: String(input.issue),
    issueNumber: input.issue,
    issueTitle: registration?.title ?? '',
    status: state.status,
    branch: registration?.place.branch ?? '',
    worktreePath: registration?.place.worktree ?? '',
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
    attempts: state.turns.length,
    waitingUntil: state.waitingUntil,
    since: state.since,
    activity: state.activity,
  };
}

export const toDetail = (state: SessionState): SessionDetail => ({
  record: toRecord(state),
  stuck: state.stuck,
  plan: state.planText,
  turns: state.turns,
  guidance: state.guidance,
});

export const toReport = (state: SessionState): SessionReport => ({
  issue: state.input.issue,
  status: state.status,
  branch: state.registration?.place.branch ?? '',
  pullRequest: state.pullRequest,
});
