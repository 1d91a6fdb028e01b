import { CANCEL } from '../../../domain/session/options.ts';
import { isPostponed } from '../../../domain/session/postponed.ts';
import type { Phase } from '../../../domain/session/status.ts';
import { countedTurns } from '../../../domain/session/turn-log.ts';
import { applyParentNotices } from '../branch/parent.ts';
import { integrateBeforeTurn } from '../branch/remote-commits.ts';
import { continueAsNewIfLong } from '../continue-as-new.ts';
import { afterTurn } from '../outcomes.ts';
import { describePullRequest } from '../pull-request/body.ts';
import type { Session } from '../session.ts';
import { takeTurn } from '../turn.ts';
import { waitForLimit } from '../wait-for-limit.ts';

/** Runs turns until the agent reports that it is done and git confirms it. */
export async function work(session: Session): Promise<Phase> {
  const { state } = session;
  for (;;) {
    if (session.hasEnded) return 'review';
    continueAsNewIfLong();
    await applyParentNotices(session);
    await integrateBeforeTurn(session);
    await describePullRequest(session);
    await withinTurns(session);
    const outcome = await takeTurn(session, state.next);
    if (session.hasEnded) return 'review';
    if (isPostponed(outcome)) await waitForLimit(session, outcome);
    // The reason of an interrupted turn is repeated, beside the guidance.
    if (isPostponed(outcome) || outcome.kind === 'interrupted') continue;
    const { next, question, isAgents } = afterTurn(session, outcome);
    if (question && isAgents) await session.askForAgent(question, next);
    else if (question) await session.ask(question, next);
    else session.goTo(next);
    if (outcome.kind === 'done') return 'publish';
  }
}

/** Asks whether to continue each time the session has taken `policy.turns` further turns. */
async function withinTurns(session: Session): Promise<void> {
  const { state, policy } = session;
  const taken = countedTurns(state);
  if (taken < state.limits.turnsAsked + policy.turns) return;
  state.limits.turnsAsked = taken;
  await session.ask({
    decision: `Continue? ${taken} turns have been taken`,
    options: ['continue', CANCEL],
    context: state.turns.at(-1)?.summary ?? '',
  });
}
