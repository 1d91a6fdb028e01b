import { isPostponed } from '../../../domain/session/postponed.ts';
import { deliver, pendingOf } from '../../../domain/session/received-guidance.ts';
import { IMPLEMENT, type NextTurn } from '../../../domain/session/turn.ts';
import { moveOnIfLong } from '../move-on.ts';
import type { Session } from '../session.ts';
import { takeTurn } from '../turn.ts';
import { summarise } from '../turn-result.ts';
import { waitOut } from '../wait-out.ts';

const PLAN: NextTurn = { kind: 'plan', context: '' };

/**
 * Runs a turn in which the agent explores and writes a plan. With a caution, it runs further turns until a
 * person approves the plan.
 */
export async function plan(session: Session): Promise<NextTurn> {
  const { state } = session;
  for (;;) {
    moveOnIfLong();
    if (state.plan.awaitsApproval) {
      state.plan.awaitsApproval = false;
      if (takeApproval(session)) return IMPLEMENT;
    }
    const outcome = await takeTurn(session, PLAN);
    if (isPostponed(outcome)) {
      await waitOut(session, outcome);
      continue;
    }
    if (outcome.kind === 'interrupted') continue;
    if (outcome.kind === 'stuck') {
      await session.askForAgent(outcome);
      continue;
    }
    // The session continues without a plan if the agent could not write one.
    state.plan.text = outcome.kind === 'done' ? outcome.summary : '';
    if (state.input.caution === undefined) return IMPLEMENT;
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
  const approvals = pendingOf(state.guidance).filter(({ action }) => action === 'approve');
  const bare = approvals.filter(({ text, allow }) => text + allow.join() === '');
  deliver(bare, new Date().toISOString());
  return approvals.length > 0;
}
