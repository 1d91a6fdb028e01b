import { type Exceeded, exceeded, hasLimits, leftOf, type Spent } from '../domain/budget.ts';
import { onHost } from './activities.ts';
import type { Session } from './session.ts';

/**
 * Holds a session that has no money left, before its next turn, until a person raises the limit. Returns what that turn
 * may cost, in US dollars; undefined when nothing limits it.
 */
export async function withinBudget(session: Session): Promise<number | undefined> {
  const { state, policy } = session;
  if (!hasLimits(policy.budget)) return undefined;
  const spent = await spending(session);
  const reached = () => exceeded(policy.budget, spent, state.raised);
  for (let over = reached(); over; over = reached()) {
    const guidance = await session.consult(question(session, over), () => reached() === undefined);
    // It stays for the agent, when that may go on.
    state.pendingGuidance.unshift(...guidance);
    await session.become('working', 'goes on');
  }
  return leftOf(policy.budget, spent, state.raised);
}

async function spending({ state, place }: Session): Promise<Spent> {
  const { run } = state.input;
  const others = await onHost(place).spentByOthers({ place, ...(run !== undefined && { run }) });
  const { costUsd: session, turns } = state;
  const today = turns
    .filter(({ endedAt }) => endedAt !== null && Date.parse(endedAt) >= Date.parse(others.midnight))
    .reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
  return { session, run: others.run + session, day: others.day + today };
}

const OF = { session: 'this session', run: 'the run', day: 'today' } as const;

function question({ state }: Session, { what, limit, spent }: Exceeded) {
  const { issue } = state.input;
  return {
    decision: `The budget of ${OF[what]} is spent: $${spent.toFixed(2)} of $${limit.toFixed(2)}. Raise it?`,
    options: [
      `raise it for this session: coppice guide ${issue} --budget +5`,
      `cancel it: coppice cancel ${issue}; its work is kept`,
    ],
    context: state.turns.at(-1)?.summary ?? '',
  };
}
