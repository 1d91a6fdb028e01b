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
 * Follows the session below. When its branch moved, so does this one; when it is merged, this one moves onto the trunk and
 * its pull request with it; when it ended cancelled, a person says whether to.
 */
export async function follow(session: Session): Promise<void> {
  const { state } = session;
  for (;;) {
    const below = state.parent;
    const last = below && takeNewsOf(state, below);
    if (!last) {
      // Nothing else is of interest any more.
      state.pendingNews.splice(0);
      return;
    }
    // Merged into the branch below, there is nothing left to move.
    if (last.event === 'moved' && state.pullRequest?.merged) return;
    try {
      if ((await applyParentUpdate(session, below, last)) === 'followed') return;
    } catch (error) {
      // What it means for a pull request that has ended is another question.
      if (error instanceof PullRequestEnded || error instanceof MovesOn)
        state.pendingNews.unshift(last);
      throw error;
    }
  }
}

/** @returns `overtaken` when there may be newer news */
async function applyParentUpdate(
  session: Session,
  below: ParentBranch,
  { event, parentBranch }: DependencyNews,
): Promise<'followed' | 'overtaken'> {
  const { state, location } = session;
  if (event === 'moved') {
    // Overtaken when its branch went with its merge: the next news says so.
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
  // A merge is final, whatever is heard after it.
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

/** Before a session has a worktree: takes what was heard of the session below. @returns the branch to start from */
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

/** News of which a person is asked when this execution is left behind is news to the next. */
const orLater = <T>(state: SessionState, last: DependencyNews, heeding: Promise<T>): Promise<T> =>
  heeding.catch((error: unknown) => {
    if (error instanceof MovesOn) state.pendingNews.unshift(last);
    throw error;
  });

/** A whole stack may be merged at once: then there is nothing to move, and the news of it is on its way. */
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
 * The dependency below ended cancelled: a person says whether to go on without it, unless it is run again meanwhile.
 * @returns whether it was run again
 */
async function askAboutBelow(session: Session, below: ParentBranch): Promise<boolean> {
  const { state } = session;
  // Of a session that was terminated from outside nobody else tells that its pull request is merged.
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
 * Dependencies ended cancelled before the session began: a person says whether to start without them. Run again, they
 * settle it: the session begins when at most one of them is unmerged, on top of that.
 */
export async function askAboutCancelled(
  session: Session,
  cancelled: readonly number[],
): Promise<void> {
  const { state } = session;
  const names = cancelled.map((issue) => `#${issue}`).join(', ');
  const latestOf = (issue: number) => state.pendingNews.findLast((news) => news.issue === issue);
  // What is not merged of all that it depends on: it can stand on one.
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
 * Moves the session's commits onto a branch.
 * @param isNeedless ends an attempt that is stuck
 * @returns whether they stand on it now
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
