import {
  type Exceeded,
  exceeded,
  hasLimits,
  leftOf,
  type Spent,
} from '../../domain/session/budget.ts';
import { CANCEL } from '../../domain/session/options.ts';
import { costUsd, spentSince } from '../../domain/session/turn-log.ts';
import { hostActivities } from '../activities.ts';
import type { Session } from './session.ts';

/**
 * Stops a session before its next turn if it has reached a limit of its budget, until a person raises the
 * limit. At the limit of the day it continues on the next day. Returns the cost limit of the turn, in US
 * dollars; undefined when there is none.
 */
export async function waitForBudget(session: Session): Promise<number | undefined> {
  const { state, policy } = session;
  if (!hasLimits(policy.budget)) return undefined;
  for (;;) {
    const { spent, nextDay } = await spending(session);
    const reached = () => exceeded(policy.budget, spent, state.limits.budgetTopUp);
    const over = reached();
    if (!over) return leftOf(policy.budget, spent, state.limits.budgetTopUp);
    const until = over.what === 'day' ? nextDay : undefined;
    const isNextDay = () => until !== undefined && Date.now() >= until;
    await session.askOperator(
      question(session, over),
      () => reached() === undefined || isNextDay(),
      until,
    );
    session.setActivity('goes on');
  }
}

async function spending({ state, location }: Session): Promise<{ spent: Spent; nextDay: number }> {
  const { run } = state.input;
  const others = await hostActivities(location).spentByOthers({
    location,
    ...(run !== undefined && { run }),
  });
  const session = costUsd(state);
  const today = spentSince(state.spending, Date.parse(others.midnight));
  return {
    spent: { session, run: others.run + session, day: others.day + today },
    nextDay: Date.parse(others.nextMidnight),
  };
}

const OF = { session: 'this session', run: 'the run', day: 'today' } as const;

function question({ state }: Session, { what, limit, spent }: Exceeded) {
  return {
    decision: `The budget of ${OF[what]} is spent: $${spent.toFixed(2)} of $${limit.toFixed(2)}. Raise it?`,
    options: [
      { label: 'raise it for this session', effect: 'raise' as const },
      ...(what === 'day'
        ? [
            {
              label: 'wait',
              consequence: 'it continues by itself after midnight',
              effect: 'wait' as const,
            },
          ]
        : []),
      CANCEL,
    ],
    context: state.turns.at(-1)?.summary ?? '',
    asksFor: 'budget' as const,
  };
}
