import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import { versionOf } from '../../../domain/pull-request/feedback.ts';
import { refreshPending } from '../../../domain/pull-request/refresh-pending.ts';
import { LOOK_AGAIN } from '../../../domain/pull-request/repairs.ts';
import { briefReadActivities } from '../../activities.ts';
import { isHistoryLong } from '../continue-as-new.ts';
import type { Session } from '../session.ts';

/** How long after a question what it is about is first read again, in milliseconds. Each later pause is twice as long. */
const FIRST_LOOK = 30_000;

/**
 * Reads feedback that waits for the agent again, because it may have been resolved, edited, deleted or
 * dismissed.
 */
export async function reread({ state, location }: Session): Promise<void> {
  const { feedback, pullRequest } = state;
  if (!pullRequest || feedback.pending.length === 0) return;
  try {
    const { gone, edited } = await briefReadActivities(location).rereadFeedback({
      ...{ location, pullRequest: pullRequest.number },
      items: feedback.pending.map((item) => ({ id: item.id, version: versionOf(item) })),
    });
    refreshPending(feedback, gone, edited);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.info('what was said could not be read again before it is given to the agent', { error });
  }
}

/**
 * Reads what waits again while a person is asked about it: when GitHub reports something, and from time to time, since
 * it does not report that a thread was resolved.
 */
export async function whileRereading<T>(session: Session, ask: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope();
  const reading = scope
    .run(() => rereadAgainAndAgain(session))
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  try {
    return await ask();
  } finally {
    scope.cancel();
    await reading;
  }
}

async function rereadAgainAndAgain(session: Session): Promise<void> {
  const { state } = session;
  for (let pause = FIRST_LOOK; !isHistoryLong(); pause = Math.min(2 * pause, LOOK_AGAIN)) {
    const { pullRequest, feedback } = state;
    const last = feedback.seen.at(-1);
    const news = () => state.pullRequest !== pullRequest || feedback.seen.at(-1) !== last;
    await condition(news, pause, { summary: 'Look whether the question has settled itself' });
    await reread(session);
  }
}
