import { latest } from '../../../domain/pull-request/pull-request.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import type { DependencyNotice } from '../../../domain/session/reports.ts';
import type { ParentBranch } from '../../../domain/session/session.ts';
import type { SessionState } from '../../../domain/session/state.ts';
import { hostActivities, longHostActivities } from '../../activities.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import { ContinueAsNewDue } from '../continue-as-new.ts';
import { PullRequestEnded } from '../pull-request-ended.ts';
import type { Session } from '../session.ts';
import { conflictChecks, resolvingConflicts } from './conflict.ts';
import {
  hasParentNotice,
  isParentMerged,
  takeParentNotice,
  unlessParentGone,
} from './parent-notices.ts';

/**
 * Applies notices about the parent. When the parent's branch moved, this session's branch is rebased onto it.
 * When the parent was merged, this branch is rebased onto the target branch, and its pull request is
 * retargeted. When the parent was cancelled, a person decides.
 */
export async function applyParentNotices(session: Session): Promise<void> {
  const { state } = session;
  for (;;) {
    const parent = state.parent;
    const last = parent && takeParentNotice(state, parent);
    if (!last) {
      // Other notices do not matter to this session.
      state.pendingNotices.splice(0);
      return;
    }
    // A pull request that is merged into the parent's branch has nothing left to rebase.
    if (last.event === 'moved' && state.pullRequest?.merged) return;
    try {
      if ((await applyParentUpdate(session, parent, last)) === 'followed') return;
    } catch (error) {
      // The notice is kept for the next step or execution.
      if (error instanceof PullRequestEnded || error instanceof ContinueAsNewDue)
        state.pendingNotices.unshift(last);
      throw error;
    }
  }
}

/**
 * Applies one notice about the parent.
 * @returns `overtaken` when there may be a newer notice
 */
async function applyParentUpdate(
  session: Session,
  parent: ParentBranch,
  { event, parentBranch }: DependencyNotice,
): Promise<'followed' | 'overtaken'> {
  const { state, location } = session;
  if (event === 'moved') {
    // If the parent's branch was deleted with its merge, the next notice says so.
    state.parent = parentBranch ?? parent;
    const isNeedless = () => hasParentNotice(state) || state.pullRequest?.merged === true;
    await rebaseOnto(session, state.parent.branch, `moves along with #${parent.issue}`, isNeedless);
    return 'overtaken';
  }
  const { targetBranch } = session.registration;
  if (event === 'cancelled' && (await askAboutParent(session, parent))) return 'overtaken';
  if (event === 'merged' && (await hasOwnPullRequestEnded(session))) {
    state.parent = null;
    return 'followed';
  }
  // A merge is final, whatever notices follow.
  const isOvertaken = () => event === 'cancelled' && hasParentNotice(state);
  const activity = `moves onto ${targetBranch}, since #${parent.issue} is ${event}`;
  if (!(await rebaseOnto(session, targetBranch, activity, isOvertaken))) return 'overtaken';
  state.parent = null;
  const { pullRequest } = state;
  if (!pullRequest) return 'followed';
  const retargeted = await askOnFailure(session, 'retargets its pull request', () =>
    hostActivities(location).retarget({
      location,
      pullRequest: pullRequest.number,
      base: targetBranch,
    }),
  );
  state.pullRequest = latest(state.pullRequest, retargeted, true);
  return 'followed';
}

/**
 * Uses the notices about the parent before the session has a worktree.
 * @returns the branch to start from
 */
export async function startingBranch(session: Session): Promise<string> {
  const { state } = session;
  for (;;) {
    const parent = state.parent;
    const last = parent && takeParentNotice(state, parent);
    if (!last) return parent?.branch ?? session.registration.targetBranch;
    if (last.event === 'moved') state.parent = last.parentBranch ?? parent;
    else if (
      last.event === 'merged' ||
      !(await keepNoticeForNext(state, last, askAboutParent(session, parent)))
    )
      state.parent = null;
  }
}

/**
 * When this execution continues as new while a person is asked about a notice, the next execution gets the
 * notice again.
 */
const keepNoticeForNext = <T>(
  state: SessionState,
  last: DependencyNotice,
  step: Promise<T>,
): Promise<T> =>
  step.catch((error: unknown) => {
    if (error instanceof ContinueAsNewDue) state.pendingNotices.unshift(last);
    throw error;
  });

/**
 * Checks whether the session's own pull request has ended. A whole stack may be merged at once. Then there is
 * nothing to rebase, and the signal about it is on its way.
 */
async function hasOwnPullRequestEnded(session: Session): Promise<boolean> {
  const { state, location } = session;
  const { pullRequest } = state;
  if (!pullRequest) return false;
  const now = await askOnFailure(session, 'looks at its pull request', () =>
    hostActivities(location).readPullRequest({ location, pullRequest: pullRequest.number }),
  );
  if (now.state === 'closed') state.pullRequest = latest(state.pullRequest, now);
  if (session.hasEnded && !state.pullRequest?.merged) throw new PullRequestEnded();
  return session.hasEnded;
}

/**
 * The dependency ended cancelled: a person says whether to go on without it, unless it is run again meanwhile.
 * @returns whether it was run again
 */
async function askAboutParent(session: Session, parent: ParentBranch): Promise<boolean> {
  const { state } = session;
  // If the parent was terminated from outside, only its pull request shows that it was merged.
  if (await isParentMerged(session)) return false;
  const again = () =>
    state.pendingNotices.some(
      ({ issue, event }) => issue === parent.issue && event !== 'cancelled',
    );
  const { targetBranch } = session.registration;
  const answers = await session.askOperator(
    {
      decision: `Its parent #${parent.issue} was cancelled. Continue without it?`,
      options: [
        { label: 'continue', consequence: `its own commits are moved onto ${targetBranch}` },
        ...waitOrDrop([parent.issue]),
      ],
      context: parent.pullRequestUrl,
    },
    again,
  );
  return answers.length === 0;
}

/**
 * Asks a person whether to start without dependencies that were cancelled before the session began. If they
 * are run again, the question settles itself: the session starts when at most one of them is unmerged, based
 * on that one.
 */
export async function askAboutCancelled(
  session: Session,
  cancelled: readonly number[],
): Promise<void> {
  const { state } = session;
  const names = cancelled.map((issue) => `#${issue}`).join(', ');
  const latestOf = (issue: number) => state.pendingNotices.findLast((news) => news.issue === issue);
  // Unmerged dependencies. The session can be based on one of them only.
  const unmerged = () => {
    const parent = state.parent;
    const news = parent && latestOf(parent.issue);
    return [
      ...cancelled.flatMap((issue) => latestOf(issue)?.parentBranch ?? []),
      ...(parent && news?.event !== 'merged' ? [news?.parentBranch ?? parent] : []),
    ];
  };
  const isSettled = () =>
    cancelled.every((issue) => ['moved', 'merged'].includes(latestOf(issue)?.event ?? '')) &&
    unmerged().length <= 1;
  const answers = await session.askOperator(
    {
      decision: `It depends on ${names}, which was cancelled. Start without it?`,
      options: [
        { label: 'start', consequence: 'it starts from the base branch' },
        ...waitOrDrop(cancelled),
      ],
      context: '',
    },
    isSettled,
  );
  if (answers.length === 0) state.parent = unmerged()[0] ?? null;
  const rest = state.pendingNotices.filter(({ issue }) => !cancelled.includes(issue));
  state.pendingNotices.splice(0, Number.POSITIVE_INFINITY, ...rest);
}

const waitOrDrop = (dependencies: readonly number[]) => [
  {
    label: `wait: ${dependencies.map((one) => `coppice add ${one}`).join(', ')} runs it again`,
    consequence: 'this goes on top of it',
    effect: 'wait' as const,
  },
  CANCEL,
];

/**
 * Rebases the session's commits onto a branch.
 * @param isNeedless ends an attempt that waits for an answer
 * @returns whether the commits are based on it now
 */
export async function rebaseOnto(
  session: Session,
  onto: string,
  activity: string,
  isNeedless: () => boolean,
): Promise<boolean> {
  const { state, location } = session;
  const { checking, limit } = conflictChecks(session);
  session.setActivity(activity);
  const moved = await resolvingConflicts(
    session,
    activity,
    (resolved) => {
      const { base } = session;
      const move = { location, base, onto, resolved, ...checking };
      return unlessParentGone(session, onto, () =>
        longHostActivities(location, limit).restack(move),
      );
    },
    isNeedless,
  );
  if (moved) state.base = moved;
  return moved !== undefined;
}
