import { condition } from '@temporalio/workflow';
import type { Check } from '../../../domain/pull-request/checks.ts';
import { type Examined, takeFeedback } from '../../../domain/pull-request/feedback-state.ts';
import { feedbackWords, fitsInTurn } from '../../../domain/pull-request/feedback-words.ts';
import { namesOf, rerunKey } from '../../../domain/pull-request/review.ts';
import { pendingOf } from '../../../domain/session/received-guidance.ts';
import { hostActivities } from '../../activities.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import { isLong } from '../move-on.ts';
import type { Session } from '../session.ts';

/** What a session does for its open pull request. Those that return true have set up a turn for the agent. */

/** Waits until nothing new was said for the quiet period, so that what comes together makes one turn. */
async function quieten({ state, settings }: Session): Promise<void> {
  const { feedback } = state;
  for (;;) {
    const before = feedback.heard.length;
    const more = () => feedback.heard.length !== before || pendingOf(state.guidance).length > 0;
    const debounce = settings.pullRequests.debounce * 1_000;
    if (!(await condition(more, debounce, { summary: 'Wait for more comments' }))) return;
    if (pendingOf(state.guidance).length > 0 || isLong()) return;
  }
}

/** Takes what was said into the agent's next turn. After too many rounds on one point a person is asked first. */
export async function answer(session: Session): Promise<void> {
  const { state } = session;
  const { feedback } = state;
  await quieten(session);
  const items = takeFeedback(feedback, fitsInTurn);
  const words = [
    ...(feedback.issueEdited ? [EDITED] : []),
    ...(items.length > 0 ? [feedbackWords([], items)] : []),
  ];
  state.next = {
    kind: 'feedback',
    words: words.join('\n\n'),
    ...(feedback.issueEdited && { rereadIssue: true }),
  };
  feedback.issueEdited = false;
  const spent = Object.entries(feedback.rounds).find(
    ([, rounds]) => rounds > session.policy.attempts.review,
  );
  if (!spent) return;
  const [round] = spent;
  feedback.rounds[round] = 0;
  state.phase = 'work';
  await session.ask({
    decision: `Continue? Reviewers and the agent have not agreed in ${session.policy.attempts.review} rounds`,
    options: ['tell the agent what to do', 'cancel the session'],
    context: words.join('\n\n').slice(0, 2_000),
  });
}

const EDITED =
  'The issue was edited. Read its text above again, and see what it means for the work.';

/** Runs checks again that the machine broke, once for each commit. */
export async function rerun(session: Session, checks: readonly Check[]): Promise<void> {
  const { state, location } = session;
  if (!state.pullRequest) return;
  const { headSha } = state.pullRequest;
  const ofHead = state.feedback.rerun.filter((key) => key.startsWith(rerunKey({ headSha }, '')));
  state.feedback.rerun = [...ofHead, ...checks.map(({ name }) => rerunKey({ headSha }, name))];
  await askOnFailure(session, 'runs checks again', () =>
    hostActivities(location).rerunChecks({ location, checks }),
  );
}

/**
 * Looks at failed checks. What fails on the base too, or on a commit someone else pushed, is shown and left alone; the rest
 * becomes a turn, as long as the attempts last and something changes between them.
 * @param anyway whoever pushed the commit
 */
export async function examine(
  session: Session,
  checks: readonly Check[],
  anyway: boolean,
): Promise<boolean> {
  const { state, location } = session;
  const { feedback } = state;
  if (!state.pullRequest) return false;
  const { headSha } = state.pullRequest;
  session.setStatus('working', `looks at failed checks: ${namesOf(checks).join(', ')}`);
  const found = await askOnFailure(session, 'looks at failed checks', () =>
    hostActivities(location).examineChecks({
      location,
      base: session.base,
      headSha,
      checks,
      anyway,
    }),
  );
  const done = (note: string): Examined => ({
    ...{ headSha, names: namesOf(checks), note, theirs: found.theirs },
    at: new Date().toISOString(),
  });
  if (found.theirs) {
    feedback.examined = done('waits: somebody else pushed to its branch, and checks fail');
    return false;
  }
  if (found.failures.length === 0) {
    feedback.examined = done(`fails on ${session.base.branch} too: ${found.onBase.join(', ')}`);
    return false;
  }
  feedback.examined = done('');
  const words = feedbackWords(found.failures, []);
  const same = feedback.repairs.some(({ key }) => key === found.key);
  const spent = feedback.repairs.length >= session.policy.attempts.ci;
  const failures = found.failures.map(({ name }) => name);
  if (same || spent) {
    const history = feedback.repairs.map(
      (repair, index) =>
        `Attempt ${index + 1} at ${repair.headSha.slice(0, 8)}: ${repair.failures}`,
    );
    feedback.repairs = [{ headSha, key: found.key, failures }];
    state.next = { kind: 'feedback', words };
    state.phase = 'work';
    await session.ask({
      decision: same
        ? `The same checks fail in the same way after a turn: ${failures.join(', ')}. What now?`
        : `Checks still fail after ${session.policy.attempts.ci} attempts: ${failures.join(', ')}. What now?`,
      options: ['tell the agent what to do', 'push a fix yourself', 'cancel the session'],
      context: [...history, words].join('\n').slice(0, 2_000),
    });
    return true;
  }
  feedback.repairs.push({ headSha, key: found.key, failures });
  state.next = { kind: 'feedback', words };
  return true;
}

/** The pull request is as good as the session can make it: a person's turn. */
export async function makeReady(session: Session): Promise<void> {
  const { state, location } = session;
  const { feedback, pullRequest } = state;
  if (!pullRequest) return;
  await askOnFailure(session, 'makes its pull request ready', () =>
    hostActivities(location).makeReady({
      location,
      pullRequest: pullRequest.number,
      draft: pullRequest.draft,
      reviewers: session.settings.pullRequests.reviewers,
    }),
  );
  if (state.pullRequest?.number === pullRequest.number)
    state.pullRequest = { ...state.pullRequest, draft: false };
  feedback.ready = true;
  await session.notify('is ready for review', pullRequest.url);
}

/** After a push: everybody whose point the agent dealt with hears how, each once. */
export async function reply(session: Session, before: string | undefined): Promise<void> {
  const { state, location } = session;
  const { feedback, pullRequest } = state;
  if (!pullRequest) return;
  const commit = pullRequest.headSha === before ? null : pullRequest.headSha;
  for (const item of [...feedback.answering]) {
    const own = state.report.replies.find(({ to }) => to === item.id)?.text;
    await askOnFailure(session, 'answers its reviewers', () =>
      hostActivities(location).reply({
        location,
        pullRequest: pullRequest.number,
        item,
        text: own ?? state.report.said,
        commit,
      }),
    );
    feedback.answering = feedback.answering.filter(({ id }) => id !== item.id);
  }
  state.report.said = '';
  state.report.replies = [];
}

/** Someone closed the issue, or took it away, while its pull request is open. */
export async function askAboutIssue(session: Session, what: 'closed' | 'gone'): Promise<void> {
  const { state, location } = session;
  const { feedback } = state;
  await session.askOperator(
    {
      decision: `#${location.issue} ${WHAT[what]}, but its pull request is open. Continue?`,
      options: ['guide the session to continue', 'cancel it'],
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
