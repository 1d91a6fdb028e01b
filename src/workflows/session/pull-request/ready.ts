import { noteMissingRequired } from '../../../domain/pull-request/check-timing.ts';
import { unfinishedIn } from '../../../domain/pull-request/checks.ts';
import { readyTitle, waitsForReview } from '../../../domain/pull-request/exceptions.ts';
import type { PullRequestSnapshot } from '../../../domain/pull-request/pull-request.ts';
import { hostActivities } from '../../activities.ts';
import { optionalStep } from '../optional-step.ts';
import type { Session } from '../session.ts';

/**
 * Marks the pull request as ready for review, unless required checks are missing.
 * @param exceptions what is not as it should be; may be empty
 * @param readRequired whether to read the required checks first
 */
export async function makeReady(
  session: Session,
  exceptions: string,
  readRequired: boolean,
): Promise<void> {
  const { state, location } = session;
  const { feedback, pullRequest } = state;
  if (!pullRequest) return;
  const { number, draft, base, headSha } = pullRequest;
  let missing: readonly string[] = [];
  const isDone = await optionalStep(
    session,
    'making the pull request ready for review',
    async () => {
      const found = await hostActivities(location).makeReady({
        ...{ location, pullRequest: number, draft },
        reviewers: session.settings.pullRequests.reviewers,
        ...(readRequired && { required: { base, headSha } }),
      });
      missing = found.missing;
    },
  );
  if (readRequired)
    noteMissingRequired(feedback, { headSha, missing, at: new Date().toISOString() });
  if (missing.length > 0) return;
  if (isDone && state.pullRequest?.number === number)
    state.pullRequest = { ...state.pullRequest, draft: false };
  feedback.ready = true;
  await tell(session, { ...pullRequest, draft: !isDone && draft }, exceptions);
}

/** Tells the person that checks of a pull request that is ready have no result although they were run again. */
export async function tellUnfinished(session: Session, exceptions: string): Promise<void> {
  const { pullRequest } = session.state;
  if (pullRequest) await tell(session, pullRequest, exceptions);
}

async function tell(
  session: Session,
  pull: PullRequestSnapshot,
  exceptions: string,
): Promise<void> {
  const { url, checks, headSha } = pull;
  if (unfinishedIn(checks).length > 0) session.state.feedback.unfinishedTold = headSha;
  const status = session.beginStep(waitsForReview(pull, exceptions), { stuck: null, ready: true });
  const text = [url, exceptions].filter(Boolean).join('; ');
  await session.notify(readyTitle(checks), text, { ...status, kind: 'ready', url });
}
