import { hostActivities } from '../activities.ts';
import { askOnFailure } from './ask-on-failure.ts';
import type { Session } from './session.ts';

/**
 * Has the host's watcher tell the session of its issue, and of its pull request once there is one. Each execution says so
 * anew: one that was reset may have been forgotten, or be watched without its pull request.
 */
export async function keepWatch(session: Session): Promise<void> {
  const { state, location, id } = session;
  const pullRequest = state.pullRequest?.number ?? null;
  if (session.watched === pullRequest) return;
  await askOnFailure(session, 'has its pull request watched', () =>
    hostActivities(location).watch({ location, workflowId: id, pullRequest }),
  );
  session.watched = pullRequest;
}
