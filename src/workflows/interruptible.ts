import { CancelledFailure } from '@temporalio/common';
import { CancellationScope, condition } from '@temporalio/workflow';
import type { TurnInput } from '../activities/turn-types.ts';
import { isUrgent } from '../domain/guidance.ts';
import type { TurnResult } from '../domain/turn.ts';
import { agentOnHost, onHost } from './activities.ts';
import type { Session } from './session.ts';

/**
 * Has an agent take a turn, to its end, unless the session is cancelled or a person has guidance that can't wait. Then the agent
 * is stopped, whichever worker watches it, if any, and it is proved gone before this returns.
 * @throws CancelledFailure when the session is cancelled, whatever else was heard
 */
export async function interruptible(
  { state, place }: Session,
  input: TurnInput,
): Promise<TurnResult> {
  const life = CancellationScope.current();
  const turn = new CancellationScope();
  const mustStop = () => life.consideredCancelled || state.pendingGuidance.some(isUrgent);
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  const result = turn.run(() => agentOnHost(place, input.kind, input.timeout).runTurn(input));
  const settled = result.then(over, over);

  return CancellationScope.nonCancellable(async () => {
    await condition(() => isOver || mustStop());
    if (isOver) {
      try {
        return await result;
      } catch (error) {
        if (!mustStop()) throw error;
      }
    }
    turn.cancel();
    // Cancellation alone is not enough: it reaches an agent only through a worker that lives, and with its next heartbeat.
    const stopped = await onHost(place).stopTurn(input);
    await settled;
    if (life.consideredCancelled) throw new CancelledFailure('the session was cancelled');
    return stopped;
  });
}
