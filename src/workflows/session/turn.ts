import { isCancellation, uuid4 } from '@temporalio/workflow';
import { MOST, shorten } from '../../domain/session/bounds.ts';
import { costOf, type Tokens } from '../../domain/session/budget.ts';
import { isUrgent } from '../../domain/session/guidance.ts';
import { isPostponed, isPostponedKind } from '../../domain/session/postponed.ts';
import {
  type ReceivedGuidance,
  settle,
  takeBack,
  textOf,
} from '../../domain/session/received-guidance.ts';
import type { Conversation, TurnEntry } from '../../domain/session/session.ts';
import { noteWork } from '../../domain/session/state.ts';
import { askingForTools, type Outcome, verified } from '../../domain/session/turn.ts';
import { noteSpending, noteTurn } from '../../domain/session/turn-log.ts';
import { agentFor } from '../../domain/settings/agent-settings.ts';
import { askOnFailure } from './ask-on-failure.ts';
import { withinBudget } from './budget.ts';
import { interruptible } from './interruptible.ts';
import { setUpAgain } from './phases/setup.ts';
import type { Session } from './session.ts';
import { finishWaiting } from './wait-out.ts';

/**
 * Runs one turn of the session’s conversation: for the reason in `state.next`, or with new guidance. It records the
 * turn and returns the outcome as git confirms it.
 */
export async function takeTurn(session: Session): Promise<Outcome> {
  const { state } = session;
  await finishWaiting(session);
  await session.whenResumed();
  const costLimit = await withinBudget(session);
  await setUpAgain(session);
  const at = new Date().toISOString();
  // In a turn for a conflict, guidance that is not urgent waits.
  const guidance = session.takeGuidance(at, state.next.kind === 'resolve' ? isUrgent : undefined);
  const last = state.turns.at(-1)?.outcome;
  const again = isPostponedKind(last) || last === 'interrupted';
  const turn = beginTurn(session, guidance, at);
  const { settings, targetBranch } = session.registration;
  const status = session.beginStep(
    turn.kind === 'plan' ? 'planning' : 'working',
    guidance.length > 0 ? 'works on your guidance' : ACTIVITY[turn.kind],
  );
  const agent = agentFor(settings.agent, turn.kind);
  const known = knownTo(agent.adapter, state.conversation);
  const input = {
    turnId: turn.id,
    kind: turn.kind,
    location: session.location,
    base: session.base,
    targetBranch,
    agent: { ...agent, allow: [...agent.allow, ...state.allowed] },
    conversation: known?.id ?? uuid4(),
    resume: known !== null,
    words: turn.words,
    told: turn.told,
    ...(state.next.rereadIssue && { rereadIssue: true }),
    ...(again && { again }),
    ...(state.limits.ignoreUsageLimit && { ignoreUsageLimit: true }),
    timeout: session.policy.turnTimeout,
    idleTimeout: session.policy.idleTimeout,
    ...(costLimit !== undefined && { costLimit }),
    ...status,
  };
  const result = await askOnFailure(session, 'tries the turn again', () =>
    underWay(turn.entry, () => interruptible(session, input)),
  );
  state.limits.ignoreUsageLimit = false;
  if (result.attempts === 0) {
    // No turn was run, because the account waits for the end of its usage limit.
    state.turns.pop();
    takeBack(guidance);
    return result.outcome;
  }
  const checked =
    turn.kind === 'plan'
      ? result.outcome
      : verified(result.outcome, result.work, session.location.branch);
  const outcome = withinOwnBudget(askingForTools(checked, result.denials), costLimit);

  const id = result.conversation ?? input.conversation;
  state.conversation = result.begun ? { id, adapter: agent.adapter } : null;
  noteWork(state, result.work);
  const cost = costOf(result, agent.prices);
  // A turn that was stopped at its cost limit counts at least with that limit.
  const costUsd = outcome.kind === 'over-budget' ? Math.max(cost ?? 0, costLimit ?? 0) : cost;
  // A postponed turn is repeated as it was. So is a turn whose agent was stopped before it had read its
  // prompt.
  if (isPostponed(outcome) || (outcome.kind === 'interrupted' && !result.heard)) takeBack(guidance);
  settle(state.guidance);
  state.lastHeartbeat = new Date().toISOString();
  endTurn(turn.entry, outcome, costUsd, result.tokens);
  noteSpending(state.spending, state.lastHeartbeat, costUsd ?? 0);
  return outcome;
}

/**
 * If the agent stopped at a cost limit of its own settings, a person can't raise that limit here, so it is a
 * failure.
 */
const withinOwnBudget = (outcome: Outcome, costLimit: number | undefined): Outcome =>
  outcome.kind === 'over-budget' && costLimit === undefined
    ? { kind: 'failed', reason: 'it reached the cost limit of its own settings', tail: '' }
    : outcome;

const ACTIVITY = {
  plan: 'explores and plans',
  implement: 'implements',
  guidance: 'works on your guidance',
  nudge: 'was asked to finish its turn',
  feedback: 'answers feedback',
  resolve: 'resolves conflicts',
} as const;

/** One agent does not know another agent’s conversation: the new one gets everything, and reads the plan. */
const knownTo = (adapter: string, conversation: Conversation | null): Conversation | null =>
  conversation?.adapter === '' || conversation?.adapter === adapter ? conversation : null;

function beginTurn(session: Session, guidance: readonly ReceivedGuidance[], at: string) {
  const { state } = session;
  const allowed = guidance.flatMap(({ allow }) => allow);
  state.allowed = [...new Set([...state.allowed, ...allowed])];
  const told = textOf(guidance);
  const fresh = state.next.kind === 'plan' || state.next.kind === 'implement';
  const { words } = state.next;
  // `words` may be text of others, so the person's guidance is kept apart.
  const kind = told !== '' && !fresh && words === '' ? 'guidance' : state.next.kind;
  const entry: TurnEntry = {
    id: session.nextTurnId(),
    kind,
    startedAt: at,
    endedAt: null,
    outcome: null,
    summary: '',
    costUsd: null,
    tokens: null,
  };
  noteTurn(state, entry);
  return { id: entry.id, kind, words, told, entry };
}

/**
 * Marks a turn that could not be run as ended, so that it does not look active while a person is asked about
 * it.
 */
async function underWay<T>(entry: TurnEntry, take: () => Promise<T>): Promise<T> {
  Object.assign(entry, { endedAt: null, outcome: null, summary: '' });
  try {
    return await take();
  } catch (error) {
    if (!isCancellation(error)) {
      entry.endedAt = new Date().toISOString();
      entry.outcome = 'failed';
      entry.summary = 'it could not be taken';
    }
    throw error;
  }
}

function endTurn(
  entry: TurnEntry,
  outcome: Outcome,
  costUsd: number | undefined,
  tokens: Tokens | undefined,
): void {
  entry.endedAt = new Date().toISOString();
  entry.outcome = outcome.kind;
  entry.costUsd = costUsd ?? null;
  entry.tokens = tokens ?? null;
  entry.summary = shorten(summarise(outcome), MOST.summary);
}

export function summarise(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return outcome.summary;
    case 'stuck':
      return outcome.decision;
    case 'usage-limited':
      return outcome.until === undefined ? 'usage limit' : `usage limit until ${outcome.until}`;
    case 'over-budget':
      return 'stopped: its budget is spent';
    case 'interrupted':
      return 'stopped for your guidance';
    case 'unavailable':
    case 'failed':
      return outcome.reason;
    case 'invalid':
      return outcome.problem;
  }
}
