import { hostActivities } from '../activities.ts';
import { askOnFailure } from './ask-on-failure.ts';
import type { Session } from './session.ts';

/**
 * Registers the session's issue, and its pull request if there is one, with the host's watcher. Each
 * execution does so again, because after a reset the registration may be gone, or may lack the pull request.
 */
export async function registerWatch(session: Session): Promise<void> {
  const { state, location, id } = session;
  const pullRequest = state.pullRequest?.number ?? null;
  if (session.watched === pullRequest) return;
  await askOnFailure(session, 'has its pull request watched', () =>
    hostActivities(location).watch({ location, workflowId: id, pullRequest }),
  );
  session.watched = pullRequest;
}
