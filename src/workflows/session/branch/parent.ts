import { latest } from '../../../domain/pull-request/pull-request.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import type { DependencyNews } from '../../../domain/session/reports.ts';
import type { ParentBranch } from '../../../domain/session/session.ts';
import type { SessionState } from '../../../domain/session/state.ts';
import { hostActivities, longHostActivities } from '../../activities.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import { MovesOn } from '../move-on.ts';
import { PullRequestEnded } from '../pull-request-ended.ts';
import type { Session } from '../session.ts';
import { isBelowMerged, isNewsOfBelow, needing, takeNewsOf } from './below.ts';
import { resolving, throughConflicts } from './conflict.ts';

/**
 * Applies notices about the parent. When the parent's branch moved, this session's branch is rebased onto it.
 * When the parent was merged, this branch is rebased onto the target branch, and its pull request is
 * retargeted. When the parent was cancelled, a person decides.
 */
export async function follow(session: Session): Promise<void> {
  const { state } = session;
  for (;;) {
    const below = state.parent;
    const last = below && takeNewsOf(state, below);
    if (!last) {
      // Other notices do not matter to this session.
      state.pendingNews.splice(0);
      return;
    }
    // A pull request that is merged into the parent's branch has nothing left to rebase.
    if (last.event === 'moved' && state.pullRequest?.merged) return;
    try {
      if ((await applyParentUpdate(session, below, last)) === 'followed') return;
    } catch (error) {
      // The notice is kept for the next step or execution.
      if (error instanceof PullRequestEnded || error instanceof MovesOn)
        state.pendingNews.unshift(last);
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
  below: ParentBranch,
  { event, parentBranch }: DependencyNews,
): Promise<'followed' | 'overtaken'> {
  const { state, location } = session;
  if (event === 'moved') {
    // If the parent's branch was deleted with its merge, the next notice says so.
    state.parent = parentBranch ?? below;
    const isNeedless = () => isNewsOfBelow(state) || state.pullRequest?.merged === true;
    await moveOnto(session, state.parent.branch, `moves along with #${below.issue}`, isNeedless);
    return 'overtaken';
  }
  const { targetBranch } = session.registration;
  if (event === 'cancelled' && (await askAboutBelow(session, below))) return 'overtaken';
  if (event === 'merged' && (await lookWhetherItEnded(session))) {
    state.parent = null;
    return 'followed';
  }
  // A merge is final, whatever notices follow.
  const isOvertaken = () => event === 'cancelled' && isNewsOfBelow(state);
  const activity = `moves onto ${targetBranch}, since #${below.issue} is ${event}`;
  if (!(await moveOnto(session, targetBranch, activity, isOvertaken))) return 'overtaken';
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
export async function branchToStartFrom(session: Session): Promise<string> {
  const { state } = session;
  for (;;) {
    const below = state.parent;
    const last = below && takeNewsOf(state, below);
    if (!last) return below?.branch ?? session.registration.targetBranch;
    if (last.event === 'moved') state.parent = last.parentBranch ?? below;
    else if (
      last.event === 'merged' ||
      !(await orLater(state, last, askAboutBelow(session, below)))
    )
      state.parent = null;
  }
}

/**
 * When this execution continues as new while a person is asked about a notice, the next execution gets the
 * notice again.
 */
const orLater = <T>(state: SessionState, last: DependencyNews, heeding: Promise<T>): Promise<T> =>
  heeding.catch((error: unknown) => {
    if (error instanceof MovesOn) state.pendingNews.unshift(last);
    throw error;
  });

/**
 * Checks whether the session's own pull request has ended. A whole stack may be merged at once. Then there is
 * nothing to rebase, and the signal about it is on its way.
 */
async function lookWhetherItEnded(session: Session): Promise<boolean> {
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
 * Asks a person whether to continue without the parent, which was cancelled, unless it is run again
 * meanwhile.
 * @returns whether it was run again
 */
async function askAboutBelow(session: Session, below: ParentBranch): Promise<boolean> {
  const { state } = session;
  // If the parent was terminated from outside, only its pull request shows that it was merged.
  if (await isBelowMerged(session)) return false;
  const again = () =>
    state.pendingNews.some(({ issue, event }) => issue === below.issue && event !== 'cancelled');
  const { targetBranch } = session.registration;
  const answers = await session.askOperator(
    {
      decision: `Its parent #${below.issue} was cancelled. Continue without it?`,
      options: [
        { label: 'continue', consequence: `its own commits are moved onto ${targetBranch}` },
        ...waitOrDrop([below.issue]),
      ],
      context: below.pullRequestUrl,
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
  const latestOf = (issue: number) => state.pendingNews.findLast((news) => news.issue === issue);
  // Unmerged dependencies. The session can be based on one of them only.
  const unmerged = () => {
    const below = state.parent;
    const news = below && latestOf(below.issue);
    return [
      ...cancelled.flatMap((issue) => latestOf(issue)?.parentBranch ?? []),
      ...(below && news?.event !== 'merged' ? [news?.parentBranch ?? below] : []),
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
  const rest = state.pendingNews.filter(({ issue }) => !cancelled.includes(issue));
  state.pendingNews.splice(0, Number.POSITIVE_INFINITY, ...rest);
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
export async function moveOnto(
  session: Session,
  onto: string,
  activity: string,
  isNeedless: () => boolean,
): Promise<boolean> {
  const { state, location } = session;
  const { checking, limit } = resolving(session);
  session.setStatus('working', activity);
  const moved = await throughConflicts(
    session,
    activity,
    (resolved) => {
      const { base } = session;
      const move = { location, base, onto, resolved, ...checking };
      return needing(session, onto, () => longHostActivities(location, limit).restack(move));
    },
    isNeedless,
  );
  if (moved) state.base = moved;
  return moved !== undefined;
}
