import { isCancellation, log } from '@temporalio/workflow';
import { yieldFor } from '../../../domain/pull-request/other-fixer.ts';
import type { PullRequestSnapshot } from '../../../domain/pull-request/pull-request.ts';
import { briefReadActivities } from '../../activities.ts';
import type { Session } from '../session.ts';
import { reviewTimeouts } from './review-timeouts.ts';

/**
 * Called when the branch of somebody who repairs the pull request has another head: that is their repair, unless the
 * branch was only updated from its base.
 */
export async function followUpdate(session: Session): Promise<void> {
  const { feedback, pullRequest } = session.state;
  const { fixer } = feedback;
  if (!pullRequest || !fixer?.headSha || fixer.headSha === pullRequest.headSha) return;
  const isWaitedFor = yieldFor(fixer, fixer.headSha, reviewTimeouts(session.settings));
  const isUpdate =
    isWaitedFor !== undefined && (await wasUpdated(session, pullRequest, fixer.headSha));
  if (feedback.fixer === fixer)
    feedback.fixer = isUpdate ? { ...fixer, headSha: pullRequest.headSha } : null;
}

/** If GitHub does not answer, the commit counts as a repair. */
async function wasUpdated(
  { location }: Session,
  { headSha, base }: PullRequestSnapshot,
  before: string,
): Promise<boolean> {
  try {
    return await briefReadActivities(location).isUpdate({ location, headSha, before, base });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.info('whether the branch was only updated could not be read', { error });
    return false;
  }
}
