import { condition, isCancellation, log } from '@temporalio/workflow';
import type { DependencyNotice } from '../../../domain/session/reports.ts';
import type { ParentBranch } from '../../../domain/session/session.ts';
import type { SessionState } from '../../../domain/session/state.ts';
import { FAILURE_TYPES } from '../../../domain/shared/failure.ts';
import { briefReadActivities } from '../../activities.ts';
import { failureType } from '../ask-on-failure.ts';
import { continueAsNewIfLong } from '../continue-as-new.ts';
import { PullRequestEnded } from '../pull-request-ended.ts';
import type { Session } from '../session.ts';

/**
 * Notices about a session's parent, and how the session finds out itself what happened when the parent's
 * branch is gone.
 */

/** Whether there are notices about the parent that were not used yet. */
export const hasParentNotice = ({ pendingNotices, parent }: SessionState): boolean =>
  pendingNotices.some(({ issue }) => issue === parent?.issue);

/** Takes the notices about the parent. A merge is final; otherwise the last notice counts. */
export function takeParentNotice({ pendingNotices }: SessionState, parent: ParentBranch) {
  const all = pendingNotices.splice(0);
  const isOf = ({ issue }: DependencyNotice) => issue === parent.issue;
  pendingNotices.push(...all.filter((news) => !isOf(news)));
  const news = all.filter(isOf);
  return news.find(({ event }) => event === 'merged') ?? news.at(-1);
}

/**
 * Runs a step that needs a branch on the remote. If that is the parent's branch and it is gone, no person is
 * asked: a notice, or the parent's pull request, shows what happened to it.
 * @returns undefined when there is a notice about the parent to use first
 */
export async function unlessParentGone<T>(
  session: Session,
  branch: string,
  step: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    const parent = session.state.parent;
    const isGone = failureType(error) === 'MissingBaseBranch' && branch === parent?.branch;
    if (!isGone || !(await waitForParentNotice(session, parent))) throw error;
    return undefined;
  }
}

/** The interval between two checks of the parent's pull request, in milliseconds. */
const LOOK_EVERY = 30_000;

/** How many checks are made without a notice from the run before the state of the pull request is used. */
const MOST_LOOKS = 4;

/**
 * Waits until there is a notice about the parent.
 * @returns false when none will come: the session is in no run, and the parent's pull request can't be read
 * @throws PullRequestEnded
 */
async function waitForParentNotice(session: Session, parent: ParentBranch): Promise<boolean> {
  const { state } = session;
  const isNews = () => hasParentNotice(state);
  for (let looks = 0; !isNews(); looks++) {
    continueAsNewIfLong();
    const found = await stateOfParent(session, parent);
    if (isNews()) return true;
    const mayBeTold = state.input.run !== undefined && looks < MOST_LOOKS;
    if (found === 'unknown' && !mayBeTold) return false;
    if (found === 'merged') return addNotice(session, parent, found);
    if (found === 'cancelled' && !mayBeTold) return addNotice(session, parent, found);
    if (typeof found === 'object') {
      state.pendingNotices.push({ issue: parent.issue, event: 'moved', parentBranch: found });
      return true;
    }
    session.continueWait(
      `waits for a notice about #${parent.issue}, whose branch ${parent.branch} is gone`,
    );
    await condition(() => isNews() || session.hasEnded, LOOK_EVERY, {
      summary: `Wait for a notice about #${parent.issue}`,
    });
    if (session.hasEnded) throw new PullRequestEnded();
    if (found === 'again') return isNews() || addNotice(session, parent, 'moved');
  }
  return true;
}

function addNotice(
  { state }: Session,
  { issue }: ParentBranch,
  event: DependencyNotice['event'],
): true {
  state.pendingNotices.push({ issue, event });
  return true;
}

/** Whether the parent is merged, from a notice or from its pull request. */
export async function isParentMerged(session: Session): Promise<boolean> {
  const { parent, pendingNotices } = session.state;
  if (!parent) return true;
  const isTold = pendingNotices.some(
    ({ issue, event }) => issue === parent.issue && event === 'merged',
  );
  return isTold || (await stateOfParent(session, parent)) === 'merged';
}

/**
 * What the parent's pull request shows. If it was merged into another branch than the target branch, that
 * branch is the new parent. While it is open or can't be read, its branch may come back.
 */
async function stateOfParent(
  session: Session,
  parent: ParentBranch,
): Promise<'merged' | 'cancelled' | 'again' | 'unknown' | ParentBranch> {
  const { location, registration } = session;
  const number = Number(/\/pull\/(\d+)$/.exec(parent.pullRequestUrl)?.[1]);
  if (Number.isNaN(number)) return 'unknown';
  try {
    const pull = await briefReadActivities(location).readPullRequest({
      location,
      pullRequest: number,
    });
    if (pull.state === 'open') return 'again';
    if (!pull.merged) return 'cancelled';
    if (pull.base === registration.targetBranch || pull.base === parent.branch) return 'merged';
    return { ...parent, branch: pull.base };
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (FAILURE_TYPES.some((type) => type === failureType(error))) return 'unknown';
    log.info('the pull request of the parent session could not be read', { error });
    return 'again';
  }
}
