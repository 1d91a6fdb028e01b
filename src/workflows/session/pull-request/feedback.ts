import { condition, isCancellation, log } from '@temporalio/workflow';
import { noteMissingRequired } from '../../../domain/pull-request/check-timing.ts';
import type { CheckFailure } from '../../../domain/pull-request/checks.ts';
import { versionOf } from '../../../domain/pull-request/feedback.ts';
import {
  reasonToAskFirst,
  refreshPending,
  takeFeedback,
} from '../../../domain/pull-request/feedback-state.ts';
import { feedbackText, fitsInTurn } from '../../../domain/pull-request/feedback-text.ts';
import { dueReplies } from '../../../domain/pull-request/replies.ts';
import {
  unexaminedFailures,
  waitsForReview,
  yieldsTo,
} from '../../../domain/pull-request/review.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import { pendingGuidance } from '../../../domain/session/received-guidance.ts';
import { GUIDANCE_TURN, type NextTurn, type QuestionInput } from '../../../domain/session/turn.ts';
import { briefReadActivities, hostActivities } from '../../activities.ts';
import { isHistoryLong } from '../continue-as-new.ts';
import { optionalStep } from '../optional-step.ts';
import type { Session } from '../session.ts';
import { failuresToRepair } from './checks.ts';
import { reviewTimeouts } from './review-timeouts.ts';

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
 * Reads feedback that waits for the agent again, because it may have been resolved, edited, deleted or
 * dismissed.
 */
async function reread({ state, location }: Session): Promise<void> {
  const { feedback, pullRequest } = state;
  if (!pullRequest || feedback.pending.length === 0) return;
  try {
    const { gone, edited } = await briefReadActivities(location).rereadFeedback({
      ...{ location, pullRequest: pullRequest.number },
      items: feedback.pending.map((item) => ({ id: item.id, version: versionOf(item) })),
    });
    refreshPending(feedback, gone, edited);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.info('what was said could not be read again before it is given to the agent', { error });
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
  const failures = await failedBeside(session);
  // Checks turned out to fail on a commit that somebody else pushed.
  if (!isGuided() && yieldsToOthers(session)) return null;
  const items = takeFeedback(feedback, (some) => fitsInTurn(some, failures));
  if (items.length + failures.length === 0) return isGuided() ? GUIDANCE_TURN : null;
  const context = feedbackText(failures, items);
  const turn: NextTurn = { kind: 'feedback', context };
  const spent = reasonToAskFirst(feedback, session.policy.turnLimits.review);
  const question: QuestionInput = {
    decision: `Continue? ${spent}`,
    options: [{ label: 'tell the agent what to do', effect: 'say' }, CANCEL],
    context: context.slice(0, 2_000),
  };
  if (spent !== undefined && !isGuided()) await session.ask(question, turn);
  return turn;
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
  const { number, draft, base, headSha, url } = pullRequest;
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
  const waits = waitsForReview({ draft: !isDone && draft }, exceptions);
  const status = session.beginStep(waits, { stuck: null, ready: true });
  const text = [url, exceptions].filter(Boolean).join('; ');
  await session.notify('is ready for review', text, { ...status, kind: 'ready', url });
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
  for (const { item, ids, text } of dueReplies(feedback.awaitingReply, replies, said)) {
    await optionalStep(session, `the reply to @${item.author} at ${item.url}`, () =>
      hostActivities(location).reply({
        ...{ location, pullRequest: pullRequest.number, item, text, commit },
      }),
    );
    feedback.awaitingReply = feedback.awaitingReply.filter(({ id }) => !ids.includes(id));
  }
  state.report.said = '';
  state.report.replies = [];
}

/** Asks what to do when the issue was closed, or is gone, while its pull request is open. */
export async function askAboutIssue(session: Session, what: 'closed' | 'gone'): Promise<void> {
  const { state, location } = session;
  const { feedback } = state;
  await session.askOperator(
    {
      decision: `#${location.issue} ${WHAT[what]}, but its pull request is open. Continue?`,
      options: ['continue', CANCEL],
      context: state.pullRequest?.url ?? '',
    },
    () =>
      feedback.issue?.state === 'open' ||
      state.pullRequest?.merged === true ||
      state.pullRequest?.state === 'closed',
  );
  feedback.closedAsked = feedback.issue?.state !== 'open';
}

const WHAT = {
  closed: 'was closed',
  gone: 'is gone (deleted, moved, or hidden from the token)',
} as const;

/**
 * The issue's text is another one than the session began with. Whoever wrote the issue may have changed it after a person read it, so
 * the agent does not see it before a person agrees.
 * @returns the turn that reads the new text; null when a person does not want it
 */
export async function askAboutEdit(session: Session): Promise<NextTurn | null> {
  const { state, location } = session;
  const { feedback } = state;
  for (;;) {
    const asked = feedback.issue?.digest;
    const isOver = () =>
      state.pullRequest?.merged === true || state.pullRequest?.state === 'closed';
    // What a person agreed to is the text that they could read, not one that came meanwhile.
    const isAnother = () => feedback.issue?.digest !== asked;
    const answers = await session.askOperator(
      {
        decision: `#${location.issue} was edited since its agent read it. Shall the agent go by the new text?`,
        options: [
          {
            label: 'go by the new text',
            consequence: 'the agent reads the issue again, and sees what that means for the work',
            effect: 'approve',
          },
          { label: 'keep to the text it has', consequence: 'the agent never sees the edit' },
          CANCEL,
        ],
        context: 'Read the issue on GitHub first: whoever wrote it may have changed it.',
        asksFor: 'approval',
      },
      () => isOver() || isAnother(),
    );
    if (isAnother() && !isOver() && !state.cancelled) continue;
    feedback.issueEdited = false;
    if (!answers.some(({ action }) => action === 'approve')) return null;
    return { kind: 'feedback', context: EDITED, rereadIssue: true };
  }
}

const EDITED =
  'The issue was edited. Read its text above again, and see what it means for the work.';
