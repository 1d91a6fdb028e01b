import { leaveFeedback } from '../../../domain/pull-request/feedback-state.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import { pendingGuidance } from '../../../domain/session/received-guidance.ts';
import type { Phase } from '../../../domain/session/status.ts';
import { hostActivities } from '../../activities.ts';
import { isParentMerged } from '../branch/parent-notices.ts';
import { isReopened, whyClosed } from '../reopened.ts';
import type { Session } from '../session.ts';
import { unregisterWatch } from '../unregister-watch.ts';

/**
 * Handles a pull request that was closed without a merge. If a person closed it, the session ends unless it
 * is reopened soon. If GitHub closed it because its base branch was deleted, it can be neither reopened nor
 * retargeted, so another one is opened.
 */
export async function handleClosed(session: Session): Promise<Phase> {
  const { state, location, id, pullRequest, registration } = session;
  const { number, base } = pullRequest;
  const byGitHub = await hostActivities(location).lostItsBase({ location, pullRequest: number });
  // If the parent was merged just before, Coppice can't find out who closed this pull request, or why.
  const hasMoved = state.parent === null && base === registration.targetBranch;
  const isUnclear = !byGitHub && !hasMoved && (await isParentMerged(session));
  if (!byGitHub && !isUnclear) {
    if (await isReopened(session)) return hasWork(session) ? 'work' : 'publish';
    await unregisterWatch(session);
    session.setActivity(whyClosed(session), { stuck: null, cancelled: true });
    return 'ended';
  }
  await hostActivities(location).watch({ location, workflowId: id, pullRequest: null });
  session.watched = null;
  state.publication.replaced = number;
  state.pullRequest = null;
  state.publication.described = '';
  state.feedback.ready = false;
  leaveFeedback(state.feedback);
  if (isUnclear) await askForAnother(session, number, pullRequest.url);
  return 'publish';
}

/** Whether a turn was prepared, or guidance waited, when the pull request was closed. */
const hasWork = ({ state }: Session): boolean =>
  state.next.context !== '' || pendingGuidance(state.guidance).length > 0;

/** Opens another pull request in place of a closed one. A former execution may have asked about that. */
export async function replacePullRequest(session: Session): Promise<Phase> {
  const { openQuestion: asking, stuck, publication } = session.state;
  if (asking) await askForAnother(session, publication.replaced ?? 0, stuck?.context ?? '');
  return 'publish';
}

async function askForAnother(session: Session, number: number, url: string): Promise<void> {
  const { registration } = session;
  await session.askOperator({
    decision: `Its pull request #${number} was closed when its parent was merged. Continue with another one?`,
    options: [
      {
        label: 'continue',
        consequence: `it opens another pull request into ${registration.targetBranch}`,
      },
      CANCEL,
    ],
    context: url,
  });
}
