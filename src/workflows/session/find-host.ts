import { sleep } from '@temporalio/workflow';
import type { Registration } from '../../domain/session/session.ts';
import { repositoryActivities } from '../activities.ts';
import { isHistoryLong } from './continue-as-new.ts';
import type { Session } from './session.ts';

/**
 * The first and the longest interval between two checks whether a host of the repository has everything else
 * too, in milliseconds.
 */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 30_000;

/**
 * Registers the session on a host that has its repository and its agent. It waits for such a host, and shows
 * what is missing.
 * @returns null when it has waited so long that the workflow must continue as new
 */
export async function findHost(session: Session): Promise<Registration | null> {
  const { repository, issue, base, agent } = session.state.input;
  const named = { ...(base !== undefined && { base }), ...(agent !== undefined && { agent }) };
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const { register } = repositoryActivities(repository);
    const found = await register({ repository, issue, workflowId: session.id, ...named });
    if ('location' in found) return found;
    const activity = `waits for a host that has ${repository} and its agent: ${found.lacks}`;
    if (activity !== session.state.activity) session.setActivity(activity);
    if (isHistoryLong()) return null;
    await sleep(pause, { summary: 'Look for a host again' });
  }
}
