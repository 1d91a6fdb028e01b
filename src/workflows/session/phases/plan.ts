import { isPostponed } from '../../../domain/session/postponed.ts';
import { markDelivered, pendingGuidance } from '../../../domain/session/received-guidance.ts';
import { IMPLEMENT_TURN, type NextTurn } from '../../../domain/session/turn.ts';
import { continueAsNewIfLong } from '../continue-as-new.ts';
import type { Session } from '../session.ts';
import { takeTurn } from '../turn.ts';
import { summarise } from '../turn-result.ts';
import { waitForLimit } from '../wait-for-limit.ts';

const PLAN: NextTurn = { kind: 'plan', context: '' };

/**
 * Runs a turn in which the agent explores and writes a plan. With a caution, it runs further turns until a
 * person approves the plan.
 */
export async function plan(session: Session): Promise<NextTurn> {
  const { state } = session;
  for (;;) {
    continueAsNewIfLong();
    if (state.plan.awaitsApproval) {
      state.plan.awaitsApproval = false;
      if (takeApproval(session)) return IMPLEMENT_TURN;
    }
    const outcome = await takeTurn(session, PLAN);
    if (isPostponed(outcome)) {
      await waitForLimit(session, outcome);
      continue;
    }
    if (outcome.kind === 'interrupted') continue;
    if (outcome.kind === 'stuck') {
      await session.askForAgent(outcome);
      continue;
    }
    // The session continues without a plan if the agent could not write one.
    state.plan.text = outcome.kind === 'done' ? outcome.summary : '';
    if (state.input.caution === undefined) return IMPLEMENT_TURN;
    state.plan.awaitsApproval = true;
    await session.ask({
      decision: `Approve the plan? ${state.input.caution}`,
      options: [
        { label: 'approve it', effect: 'approve' },
        { label: 'say what to change', effect: 'say' },
      ],
      context: state.plan.text === '' ? summarise(outcome) : state.plan.text,
      asksFor: 'approval',
    });
  }
}

/** Whether a person approved the plan. Text that came with the approval goes to the agent. */
function takeApproval({ state }: Session): boolean {
  const approvals = pendingGuidance(state.guidance).filter(({ action }) => action === 'approve');
  const bare = approvals.filter(({ text, allow }) => text + allow.join() === '');
  markDelivered(bare, new Date().toISOString());
  return approvals.length > 0;
}
