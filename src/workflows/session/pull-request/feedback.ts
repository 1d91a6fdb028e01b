import { condition } from '@temporalio/workflow';
import type { CheckFailure } from '../../../domain/pull-request/checks.ts';
import { restartRounds, takeFeedback } from '../../../domain/pull-request/feedback-state.ts';
import { feedbackText, fitsInTurn } from '../../../domain/pull-request/feedback-text.ts';
import { dueReplies } from '../../../domain/pull-request/replies.ts';
import { unexaminedFailures, yieldsTo } from '../../../domain/pull-request/review.ts';
import { pendingGuidance } from '../../../domain/session/received-guidance.ts';
import { GUIDANCE_TURN, type NextTurn } from '../../../domain/session/turn.ts';
import { hostActivities } from '../../activities.ts';
import { isHistoryLong } from '../continue-as-new.ts';
import { optionalStep } from '../optional-step.ts';
import type { Session } from '../session.ts';
import { failuresToRepair } from './checks.ts';
import { reread } from './reread.ts';
import { reviewTimeouts } from './review-timeouts.ts';
import { askAboutRounds, spentNow } from './rounds.ts';

/** What a session does for the feedback on its open pull request. */

/** By how many debounce periods new comments can prolong the wait at most. */
const MOST_DEBOUNCES = 10;

/**
 * Waits until there was no new comment for the debounce period, so that comments that come together make one
 * turn.
 */
async function debounced({ state, settings }: Session): Promise<void> {
  const { feedback } = state;
  if (pendingGuidance(state.guidance).length > 0) return;
  for (let periods = 0; periods < MOST_DEBOUNCES; periods++) {
    const before = feedback.seen.at(-1);
    const more = () =>
      feedback.seen.at(-1) !== before || pendingGuidance(state.guidance).length > 0;
    const debounce = settings.pullRequests.debounce * 1_000;
    if (!(await condition(more, debounce, { summary: 'Wait for more comments' }))) return;
    if (pendingGuidance(state.guidance).length > 0 || isHistoryLong()) return;
  }
}

/**
 * Prepares the agent's next turn from the feedback and the failed checks. After too many rounds on one point
 * a person is asked first.
 * @returns that turn; null when the feedback has been withdrawn
 */
export async function turnForFeedback(session: Session): Promise<NextTurn | null> {
  const { state } = session;
  const { feedback } = state;
  await debounced(session);
  // When it is resumed, everything that waits then becomes one turn.
  if (state.paused) return null;
  await reread(session);
  const isGuided = () => pendingGuidance(state.guidance).length > 0;
  if (feedback.pending.length === 0 && !isGuided()) return null;
  const isSpent = spentNow(session) !== undefined;
  if (isSpent && !isGuided() && !(await askAboutRounds(session))) return null;
  const failures = await failedBeside(session);
  // Checks turned out to fail on a commit that somebody else pushed.
  if (!isGuided() && yieldsToOthers(session)) return null;
  const items = takeFeedback(feedback, (some) => fitsInTurn(some, failures));
  if (isSpent) restartRounds(feedback, items);
  if (items.length + failures.length === 0) return isGuided() ? GUIDANCE_TURN : null;
  return { kind: 'feedback', context: feedbackText(failures, items) };
}

const yieldsToOthers = ({ state: { pullRequest, feedback }, settings }: Session): boolean =>
  pullRequest !== null && yieldsTo(pullRequest, feedback, reviewTimeouts(settings)) !== undefined;

/** Failed checks that were not examined yet. */
async function failedBeside(session: Session): Promise<readonly CheckFailure[]> {
  const { feedback, pullRequest } = session.state;
  const failed =
    pullRequest && unexaminedFailures(pullRequest, feedback, reviewTimeouts(session.settings));
  return failed ? await failuresToRepair(session, failed) : [];
}

/**
 * Called after a push: posts a reply to each item of feedback with which the agent dealt, once. A reply that
 * GitHub refuses is dropped.
 */
export async function postReplies(session: Session, before: string | undefined): Promise<void> {
  const { state, location } = session;
  const { feedback, pullRequest } = state;
  if (!pullRequest) return;
  const commit = pullRequest.headSha === before ? null : pullRequest.headSha;
  const { replies, said } = state.report;
  for (const { item, others, ids, text } of dueReplies(feedback.awaitingReply, replies, said)) {
    await optionalStep(session, `the reply to @${item.author} at ${item.url}`, () =>
      hostActivities(location).reply({
        ...{ location, pullRequest: pullRequest.number, item, others, text, commit },
      }),
    );
    feedback.awaitingReply = feedback.awaitingReply.filter(({ id }) => !ids.includes(id));
  }
  state.report.said = '';
  state.report.replies = [];
}
