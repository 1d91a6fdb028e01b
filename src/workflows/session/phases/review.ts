import type { CarriesStatus } from '../../../activities/carried-status.ts';
import { haveAllPassed, noteChecks } from '../../../domain/pull-request/check-timing.ts';
import type { PullRequestSnapshot } from '../../../domain/pull-request/pull-request.ts';
import { type NextAction, nextActionOf, yieldsTo } from '../../../domain/pull-request/review.ts';
import { pendingGuidance } from '../../../domain/session/received-guidance.ts';
import type { Next } from '../../../domain/session/state.ts';
import type { Phase } from '../../../domain/session/status.ts';
import { hostActivities } from '../../activities.ts';
import { deleteBranch } from '../../run/delete-branch.ts';
import { questionAboutFailure } from '../ask-on-failure.ts';
import { applyParentNotices } from '../branch/parent.ts';
import { updateBranch } from '../branch/update.ts';
import { describePullRequest, isOutdated } from '../pull-request/body.ts';
import {
  askAboutChecks,
  examineFailures,
  readRequiredChecks,
  rebaseOntoBase,
  rerunChecks,
} from '../pull-request/checks.ts';
import { handleClosed, replacePullRequest } from '../pull-request/closed.ts';
import { turnForFeedback } from '../pull-request/feedback.ts';
import { askAboutEdit, askAboutIssue } from '../pull-request/issue.ts';
import { followUpdate } from '../pull-request/other-fixer.ts';
import { makeReady, tellUnfinished } from '../pull-request/ready.ts';
import { reviewTimeouts } from '../pull-request/review-timeouts.ts';
import { refusePending } from '../receive-guidance.ts';
import { registerWatch } from '../register-watch.ts';
import type { Session } from '../session.ts';

/** Takes care of the pull request until a person merges or closes it. */
export async function review(session: Session): Promise<Next> {
  const { state } = session;
  if (!state.pullRequest) return await replacePullRequest(session);
  const pull = session.pullRequest;
  if (pull.merged) state.parent = unmergedParent(session);
  if (isMerged(session)) return await cleanUp(session);
  if (pull.state === 'closed' && !pull.merged) return await handleClosed(session);
  await registerWatch(session);
  const { feedback } = state;
  feedback.checkTiming = noteChecks(feedback.checkTiming, pull, Date.now());
  if (haveAllPassed(pull, feedback.checkTiming, reviewTimeouts(session.settings)))
    for (const repair of feedback.repairs) repair.over = true;
  adoptBase(session);
  await followUpdate(session);
  // The branch is not rebased while somebody else repairs it.
  if (!yieldsTo(pull, state.feedback, reviewTimeouts(session.settings))) {
    await applyParentNotices(session);
    await updateBranch(session);
  }
  await describePullRequest(session);
  if (pull.merged) refusePending(state);
  // The pull request may have changed meanwhile, and may even be merged.
  if (state.pullRequest !== pull) return 'review';
  return await perform(session);
}

/** Adopts the base branch when a person renamed it, or changed the pull request's base. */
function adoptBase({ state, registration, pullRequest }: Session): void {
  if (state.parent || !state.base || pullRequest.base === state.base.branch) return;
  registration.targetBranch = pullRequest.base;
  state.base = { ...state.base, branch: pullRequest.base };
}

function whatNext(session: Session): NextAction {
  const { state, pullRequest, settings } = session;
  if (pullRequest.merged) return waitsForParent(session);
  // Guidance that answers a question, which a new execution is about to ask again, is not for the agent.
  const isGuided = pendingGuidance(state.guidance).length > 0 && !state.openQuestion;
  return isGuided
    ? { do: 'give-feedback' }
    : nextActionOf(pullRequest, state.feedback, reviewTimeouts(settings));
}

/** Actions that lead to a turn of the agent. */
const TURNS: readonly NextAction['do'][] = ['give-feedback', 'examine-failures', 'ask-about-edit'];

/**
 * Waits while a person has paused the session. Everything that arrives until it is resumed becomes one turn.
 */
async function hold(session: Session): Promise<Phase> {
  const { state } = session;
  session.continueWait('paused by a person');
  return await rest(session, () => !state.paused || session.hasEnded);
}

async function perform(session: Session): Promise<Next> {
  const { state } = session;
  const news = changed(session);
  const action = whatNext(session);
  if (state.paused && TURNS.includes(action.do)) return await hold(session);
  switch (action.do) {
    case 'give-feedback':
      return (await turnForFeedback(session)) ?? 'review';
    case 'examine-failures':
      return (await examineFailures(session, action)) ?? 'review';
    case 'ask-about-checks':
      return (await askAboutChecks(session)) ?? 'review';
    case 'read-required-checks':
      await readRequiredChecks(session);
      return 'review';
    case 'rebase-onto-base':
      await rebaseOntoBase(session);
      return 'review';
    case 'rerun':
      await rerunChecks(session, action.checks);
      return 'review';
    case 'make-ready':
      await makeReady(session, action.exceptions, action.readRequired === true);
      return 'review';
    case 'tell-unfinished':
      await tellUnfinished(session, action.exceptions);
      return 'review';
    case 'ask-about-edit':
      return (await askAboutEdit(session)) ?? 'review';
    case 'ask-about-issue':
      await askAboutIssue(session, action.state);
      return 'review';
    case 'wait': {
      const { until, ready, activity, unrecorded = false } = action;
      state.waitingUntil = until === undefined ? null : new Date(until).toISOString();
      session.beginWait(activity, { ready, unrecorded });
      const next = await rest(session, news, until && Math.max(1, until - Date.now()));
      state.waitingUntil = null;
      return next;
    }
  }
}

/**
 * Waits for changes. Work that a person did in a terminal meanwhile is checked and pushed like an agent's
 * work.
 */
export async function rest(
  session: Session,
  news: () => boolean,
  timeouts?: number,
): Promise<Phase> {
  const work = await session.waitUntil(news, timeouts);
  return work && !session.pullRequest.merged && work.head !== session.pullRequest.headSha
    ? 'publish'
    : 'review';
}

/** What may need another action when it changes. */
const heardBy = (session: Session): readonly unknown[] => [
  session.state.pullRequest,
  session.state.feedback.issue,
  session.state.feedback.fixer,
  // It changes when nobody who pushed is waited for any more.
  session.state.feedback.examined,
  session.state.feedback.pending.length,
  session.state.pendingNotices.length,
  isOutdated(session),
];

/** Returns a function that tells whether something has changed from now on that may need another action. */
function changed(session: Session): () => boolean {
  const before = heardBy(session);
  return () =>
    pendingGuidance(session.state.guidance).length > 0 ||
    heardBy(session).some((one, index) => one !== before[index]);
}

/** Whether the work is merged into the target branch, and not only into the parent's branch. */
function isMerged({ state, registration }: Session): boolean {
  const { pullRequest, parent } = state;
  return (
    pullRequest?.merged === true && (pullRequest.base === registration.targetBranch || !parent)
  );
}

function unmergedParent({ state }: Session) {
  const merged = state.pendingNotices.some(
    ({ issue, event }) => issue === state.parent?.issue && event === 'merged',
  );
  return merged ? null : state.parent;
}

const waitsForParent = ({ state, pullRequest }: Session): NextAction => ({
  do: 'wait',
  activity: `merged into ${pullRequest.base}, waits for #${state.parent?.issue}`,
  ready: true,
});

const READY = { stuck: null, ready: true } as const;

/**
 * Called after the merge: removes the worktree and the local branch, unless they have work that the pull
 * request lacks.
 */
async function cleanUp(session: Session): Promise<Phase> {
  const { state, location, policy } = session;
  const status = session.beginStep('merged', READY);
  const { headSha }: PullRequestSnapshot = session.pullRequest;
  const { removed, reason } = await removal(session, headSha, status);
  // In a run, other sessions may be based on the branch, so the run deletes it.
  if (state.input.run === undefined && policy.mergedBranches === 'delete')
    await deleteBranch(location.repository, { branch: location.branch, headSha });
  if (!removed) session.setActivity(`merged; worktree kept: ${reason}`, READY);
  else if (reason !== '') session.setActivity(`merged; ${reason}`, READY);
  return 'ended';
}

/** Removes the worktree. If that fails, the session ends anyway, and `coppice prune` tries again. */
async function removal({ location }: Session, headSha: string, status: CarriesStatus) {
  try {
    return await hostActivities(location).removeWorktree({ location, headSha, ...status });
  } catch (error) {
    return { removed: false, reason: questionAboutFailure(error).decision };
  }
}
