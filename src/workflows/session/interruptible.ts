import { CancelledFailure } from '@temporalio/common';
import { CancellationScope, condition } from '@temporalio/workflow';
import type { TurnInput } from '../../activities/agent/turn-types.ts';
import { isUrgent } from '../../domain/session/guidance.ts';
import { pendingGuidance } from '../../domain/session/received-guidance.ts';
import type { TurnResult } from '../../domain/session/turn.ts';
import { hostActivities, LAST_TIMEOUT, turnActivities } from '../activities.ts';
import type { Session } from './session.ts';

const LAST_WAIT = { summary: 'Wait for the host to stop the agent' };

/**
 * Waits for the host as long as it takes, but only a short time in a cancelled session.
 * @returns undefined when the host did not answer in that time
 */
async function stopOrLeave<T>(
  life: CancellationScope,
  stop: () => Promise<T>,
): Promise<T | undefined> {
  const stopping = new CancellationScope({ cancellable: true });
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  const result = stopping.run(stop);
  result.then(over, over);
  await condition(() => isOver || life.consideredCancelled);
  if (isOver || (await condition(() => isOver, LAST_TIMEOUT, LAST_WAIT))) return result;
  stopping.cancel();
  return undefined;
}

/** The status was written when the turn began, so it is not written again. */
const withoutStatus = ({ status: _, ...input }: TurnInput): TurnInput => input;

/**
 * Runs a turn to its end, unless the session is cancelled or a person has urgent guidance. Then the agent is
 * stopped, whichever worker watches it, and it is gone when this returns.
 * @throws CancelledFailure when the session is cancelled
 */
export async function interruptible(session: Session, input: TurnInput): Promise<TurnResult> {
  const { state, location } = session;
  const life = CancellationScope.current();
  const turn = new CancellationScope();
  const mustStop = () => life.consideredCancelled || pendingGuidance(state.guidance).some(isUrgent);
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  const result = turn.run(() => turnActivities(location, input.kind, input.timeout).runTurn(input));
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
    // Cancelling the activity is not enough: it reaches the agent only through a running worker, at its next
    // heartbeat.
    const stopped = await stopOrLeave(life, () =>
      hostActivities(location).stopTurn(withoutStatus(input)),
    );
    if (stopped === undefined) session.leaveHost();
    else await settled;
    if (stopped === undefined || life.consideredCancelled)
      throw new CancelledFailure('the session was cancelled');
    return stopped;
  });
}
