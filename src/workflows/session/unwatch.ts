import { isCancellation, log } from '@temporalio/workflow';
import { hostActivities, lastOnHost } from '../activities.ts';
import type { Session } from './session.ts';

/** The watcher forgets a session that has ended by itself too: no session stays open for it. */
export async function unwatch({ location }: Session): Promise<void> {
  try {
    await hostActivities(location).unwatch({ location });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('the session could not be taken off the watcher’s list', { error });
  }
}

/** The same for a session that is cancelled. @returns whether its host answered */
export async function unwatchLast({ location }: Session): Promise<boolean> {
  try {
    await lastOnHost(location).unwatch({ location });
    return true;
  } catch (error) {
    log.warn('the host of a cancelled session does not answer', { error });
    return false;
  }
}
