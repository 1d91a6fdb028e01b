import { isCancellation, log } from '@temporalio/workflow';
import { onHost } from './activities.ts';
import type { Session } from './session.ts';

/** The watcher forgets a session that has ended by itself too: no session stays open for it. */
export async function unwatch({ place }: Session): Promise<void> {
  try {
    await onHost(place).unwatch({ place });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('the session could not be taken off the watcher’s list', { error });
  }
}
