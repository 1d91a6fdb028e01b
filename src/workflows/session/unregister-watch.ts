import { isCancellation, log } from '@temporalio/workflow';
import { hostActivities, lastHostActivities } from '../activities.ts';
import type { Session } from './session.ts';

/**
 * Unregisters the session from the watcher. The watcher also removes ended sessions by itself, so a failure
 * is only logged.
 */
export async function unregisterWatch({ location }: Session): Promise<void> {
  try {
    await hostActivities(location).unwatch({ location });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('the session could not be taken off the watcher’s list', { error });
  }
}

/**
 * Unregisters a cancelled session from the watcher.
 * @returns whether its host answered
 */
export async function unregisterCancelled({ location }: Session): Promise<boolean> {
  try {
    await lastHostActivities(location).unwatch({ location });
    return true;
  } catch (error) {
    log.warn('the host of a cancelled session does not answer', { error });
    return false;
  }
}
