import { isCancellation, log } from '@temporalio/workflow';
import { latest } from '../../domain/pull-request/pull-request.ts';
import type { SessionState } from '../../domain/session/state.ts';
import { briefReadActivities } from '../activities.ts';

/**
 * Reads whether an open pull request has ended. If GitHub does not answer in time, the known state is kept.
 */
export async function refreshPullRequest(state: SessionState): Promise<void> {
  const { registration, pullRequest } = state;
  if (!registration || !pullRequest) return;
  const { location } = registration;
  try {
    const now = await briefReadActivities(location).readPullRequest({
      location,
      pullRequest: pullRequest.number,
    });
    if (now.state === 'closed') state.pullRequest = latest(state.pullRequest, now);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.info('the pull request could not be looked at before a question', { error });
  }
}
