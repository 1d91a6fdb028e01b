import { isCancellation, uuid4 } from '@temporalio/workflow';
import { shorten } from '../../domain/session/bounds.ts';
import { isUrgent } from '../../domain/session/guidance.ts';
import { isPostponedKind } from '../../domain/session/postponed.ts';
import { deliverPending, guidanceText } from '../../domain/session/received-guidance.ts';
import type { Conversation, TurnEntry } from '../../domain/session/session.ts';
import type { NextTurn, Outcome } from '../../domain/session/turn.ts';
import { noteTurn } from '../../domain/session/turn-log.ts';
import { agentFor } from '../../domain/settings/agent-settings.ts';
import { askOnFailure } from './ask-on-failure.ts';
import { waitForBudget } from './budget.ts';
import { interruptible } from './interruptible.ts';
import { setUpAgain } from './phases/setup.ts';
import type { Session } from './session.ts';
import { noteResult, type RunningTurn } from './turn-result.ts';
import { finishWaiting } from './wait-for-limit.ts';

/**
 * Has the agent take a turn of the session’s conversation, with the guidance that waits.
 * @returns its outcome as git confirms it
 */
export async function takeTurn(session: Session, next: NextTurn): Promise<Outcome> {
  const costLimit = await waitUntilAllowed(session);
  const turn = begin(session, next, costLimit);
  const result = await askOnFailure(session, 'tries the turn again', () =>
    markEndedOnError(turn.entry, () => interruptible(session, turn.input)),
  );
  return noteResult(session, turn, result);
}

/** Waits until a turn may begin. @returns what it may cost, in US dollars; undefined when nothing limits that */
async function waitUntilAllowed(session: Session): Promise<number | undefined> {
  await finishWaiting(session);
  await session.waitWhilePaused();
  const costLimit = await waitForBudget(session);
  await setUpAgain(session);
  return costLimit;
}

function begin(session: Session, next: NextTurn, costLimit: number | undefined): RunningTurn {
  const { state } = session;
  const last = state.turns.at(-1)?.outcome;
  const at = new Date().toISOString();
  // In a turn for a conflict, guidance that is not urgent waits.
  const isWanted = next.kind === 'resolve' ? isUrgent : undefined;
  const guidance = deliverPending(state.guidance, at, isWanted);
  // The turn begins, so no question is open any more.
  state.openQuestion = null;
  const allowed = guidance.flatMap(({ allow }) => allow);
  state.allowed = [...new Set([...state.allowed, ...allowed])];
  const entry = newEntry(session.nextTurnId(), kindOf(next, guidanceText(guidance)), at);
  noteTurn(state, entry);
  const status = session.beginStep(
    guidance.length > 0 ? 'works on your guidance' : ACTIVITY[entry.kind],
  );
  const agent = agentFor(session.settings.agent, entry.kind);
  const known = knownTo(agent.adapter, state.conversation);
  const input = {
    turnId: entry.id,
    kind: entry.kind,
    location: session.location,
    base: session.base,
    targetBranch: session.registration.targetBranch,
    agent: { ...agent, allow: [...agent.allow, ...state.allowed] },
    conversation: known?.id ?? uuid4(),
    resume: known !== null,
    context: contextOf(next, state.unknownCommits),
    guidance: guidanceText(guidance),
    ...(next.rereadIssue && { rereadIssue: true }),
    ...((isPostponedKind(last) || last === 'interrupted') && { again: true }),
    ...(state.limits.ignoreUsageLimit && { ignoreUsageLimit: true }),
    timeout: session.policy.turnTimeout,
    idleTimeout: session.policy.idleTimeout,
    ...(costLimit !== undefined && { costLimit }),
    ...status,
  };
  return { input, entry, guidance };
}

const ACTIVITY = {
  plan: 'explores and plans',
  implement: 'implements',
  guidance: 'works on your guidance',
  nudge: 'was asked to finish its turn',
  feedback: 'answers feedback',
  resolve: 'resolves conflicts',
} as const;

/** With guidance alone a turn is one of guidance. Its context may be text of others, so guidance is kept apart. */
const kindOf = ({ kind, context }: NextTurn, guidance: string): NextTurn['kind'] =>
  guidance !== '' && context === '' && kind !== 'plan' && kind !== 'implement' ? 'guidance' : kind;

/** One agent does not know another agent’s conversation: the new one gets everything, and reads the plan. */
const knownTo = (adapter: string, conversation: Conversation | null): Conversation | null =>
  conversation?.adapter === '' || conversation?.adapter === adapter ? conversation : null;

/** In characters. */
const MOST_CONTEXT = 80_000;

function contextOf({ context }: NextTurn, unknownCommits: number): string {
  if (unknownCommits === 0) return context;
  const commits = `${unknownCommits} commit${unknownCommits === 1 ? '' : 's'}`;
  const note = `Others pushed ${commits} to your branch meanwhile; they are in your worktree: build on them.`;
  return shorten([note, context].join('\n\n').trim(), MOST_CONTEXT);
}

const newEntry = (id: string, kind: NextTurn['kind'], startedAt: string): TurnEntry => ({
  ...{ id, kind, startedAt, endedAt: null, outcome: null, summary: '' },
  ...{ costUsd: null, tokens: null },
});

/**
 * Marks a turn that could not be run as ended, so that it does not look active while a person is asked about
 * it.
 */
async function markEndedOnError<T>(entry: TurnEntry, take: () => Promise<T>): Promise<T> {
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
