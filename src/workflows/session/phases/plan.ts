import { isPostponed } from '../../../domain/session/postponed.ts';
import { deliver, pendingOf } from '../../../domain/session/received-guidance.ts';
import type { Phase } from '../../../domain/session/state.ts';
import { moveOnIfLong } from '../move-on.ts';
import type { Session } from '../session.ts';
import { summarise, takeTurn } from '../turn.ts';
import { waitOut } from '../wait-out.ts';

/** One turn that explores and writes a plan; after a caution, as many as it takes until a person approves. */
export async function plan(session: Session): Promise<Phase> {
  const { state } = session;
  for (;;) {
    moveOnIfLong();
    if (state.plan.awaitsApproval) {
      state.plan.awaitsApproval = false;
      if (takeApproval(session)) return implementNext(session);
    }
    state.next.kind = 'plan';
    const outcome = await takeTurn(session);
    if (isPostponed(outcome)) {
      await waitOut(session, outcome);
      continue;
    }
    if (outcome.kind === 'interrupted') continue;
    if (outcome.kind === 'stuck') {
      await session.askForAgent(outcome);
      continue;
    }
    // A plan that could not be written is no reason to stop: the work itself will show.
    state.plan.text = outcome.kind === 'done' ? outcome.summary : '';
    if (state.input.caution === undefined) return implementNext(session);
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

/** Whether a person approved; words that came with it are the agent's. */
function takeApproval({ state }: Session): boolean {
  const approvals = pendingOf(state.guidance).filter(({ action }) => action === 'approve');
  const bare = approvals.filter(({ text, allow }) => text + allow.join() === '');
  deliver(bare, new Date().toISOString());
  return approvals.length > 0;
}

export function implementNext({ state }: Session): Phase {
  state.next = { kind: 'implement', words: '' };
  return 'work';
}
