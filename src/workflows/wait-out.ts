import { condition } from '@temporalio/workflow';
import { type Postponed, pauseAfter } from '../domain/postponed.ts';
import { oneLine } from '../domain/text.ts';
import type { Session } from './session.ts';

/** In how many milliseconds after a limit's end the sessions that waited for it go on, each at a moment of its own. */
const STAGGER = 60_000;

/**
 * Waits durably until the agent's account or its model may be used again, or a person says something, who may know better.
 * For a budget the next turn waits by itself.
 */
export async function waitOut(session: Session, outcome: Postponed): Promise<void> {
  if (outcome.kind === 'over-budget') return;
  const { state } = session;
  const { pendingGuidance } = state;
  const before = pendingGuidance.length;
  const outcomes = state.turns.map((turn) => turn.outcome);
  const pause = pauseAfter(outcome, outcomes, Date.now());
  const shared = outcome.kind === 'usage-limited' && pause > 0;
  state.waitingUntil = new Date(Date.now() + pause).toISOString();
  await session.become(
    state.status,
    outcome.kind === 'usage-limited'
      ? `usage limit of ${outcome.account ?? 'its agent'}`
      : `the model can’t be had: ${oneLine(outcome.reason)}`,
  );
  const stagger = shared ? Math.random() * STAGGER : 0;
  state.insists = await condition(() => pendingGuidance.length > before, pause + stagger);
  state.waitingUntil = null;
  if (!state.insists && outcome.kind === 'usage-limited' && session.policy.resume === 'ask')
    await askToGoOn(session, outcome.account);
}

async function askToGoOn(session: Session, account = 'its agent'): Promise<void> {
  const { state } = session;
  const { status } = state;
  const answers = await session.consult({
    decision: 'The usage limit is over. Go on?',
    options: [
      `go on: coppice guide ${state.input.issue} "go on"`,
      `cancel it: coppice cancel ${state.input.issue}; its work is kept`,
    ],
    context: `It was the usage limit of ${account}.`,
  });
  // Words to the agent reach it with its turn.
  state.pendingGuidance.push(...answers);
  await session.become(status, 'goes on');
}
