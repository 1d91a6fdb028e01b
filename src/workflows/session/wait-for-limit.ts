import { condition } from '@temporalio/workflow';
import { CANCEL } from '../../domain/session/options.ts';
import { type Postponed, pauseAfter } from '../../domain/session/postponed.ts';
import { pendingGuidance, undoDelivery } from '../../domain/session/received-guidance.ts';
import type { Outcome } from '../../domain/session/turn.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { continueAsNewIfLong, isHistoryLong } from './continue-as-new.ts';
import type { Session } from './session.ts';

/**
 * The sessions that waited for a usage limit continue at random moments within this time after its end, in
 * milliseconds.
 */
const STAGGER = 60_000;

/**
 * Waits durably until the agent's account or model can be used again, or until guidance comes, because a
 * person may know better. For a budget, the next turn waits instead.
 */
export async function waitForLimit(session: Session, outcome: Postponed): Promise<void> {
  if (outcome.kind === 'over-budget') return;
  const { state } = session;
  const outcomes = state.turns.map((turn) => turn.outcome);
  const pause = pauseAfter(outcome, outcomes, Date.now());
  state.waitingUntil = new Date(Date.now() + pause).toISOString();
  state.limits.postponed = { outcome, before: pendingGuidance(state.guidance).length, over: false };
  await finishWaiting(session);
}

/** Finishes a wait, which a former execution may have begun. */
export async function finishWaiting(session: Session): Promise<void> {
  const { state } = session;
  const { postponed } = state.limits;
  if (!postponed) return;
  const { outcome, before } = postponed;
  const isLimit = outcome.kind === 'usage-limited';
  if (!postponed.over) {
    session.continueWait(whyItWaits(outcome));
    const pause = Math.max(0, Date.parse(state.waitingUntil ?? '') - Date.now() || 0);
    const stagger = isLimit && pause > 0 ? Math.random() * STAGGER : 0;
    const isWanted = () => pendingGuidance(state.guidance).length > before;
    const isWoken = await condition(() => isWanted() || isHistoryLong(), pause + stagger, {
      summary: isLimit ? 'Wait for the usage limit to end' : 'Wait for the model',
    });
    if (isWoken && !isWanted()) continueAsNewIfLong();
    state.limits.ignoreUsageLimit = isWanted();
    state.waitingUntil = null;
    postponed.over = true;
  }
  if (!state.limits.ignoreUsageLimit && isLimit && session.policy.resume === 'ask')
    await askToGoOn(session, outcome.account);
  state.limits.postponed = null;
}

const whyItWaits = (outcome: Outcome): string =>
  outcome.kind === 'usage-limited'
    ? `usage limit of ${outcome.account ?? 'its agent'}`
    : `the model is unavailable: ${oneLine(outcome.kind === 'unavailable' ? outcome.reason : '')}`;

async function askToGoOn(session: Session, account = 'its agent'): Promise<void> {
  const answers = await session.askOperator({
    decision: 'The usage limit is over. Continue?',
    options: ['continue', CANCEL],
    context: `It was the usage limit of ${account}.`,
  });
  // Text for the agent reaches it with its next turn.
  undoDelivery(answers);
  session.setActivity('goes on');
}
