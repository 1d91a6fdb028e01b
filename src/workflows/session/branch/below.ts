import { condition, isCancellation, log } from '@temporalio/workflow';
import type { DependencyNews } from '../../../domain/session/reports.ts';
import type { ParentBranch } from '../../../domain/session/session.ts';
import type { SessionState } from '../../../domain/session/state.ts';
import { FAILURE_TYPES } from '../../../domain/shared/failure.ts';
import { glance } from '../../activities.ts';
import { typeOf } from '../ask-on-failure.ts';
import { moveOnIfLong } from '../move-on.ts';
import { PullRequestEnded } from '../pull-request-ended.ts';
import type { Session } from '../session.ts';

/**
 * Notices about a session's parent, and how the session finds out itself what happened when the parent's
 * branch is gone.
 */

/** Whether there are notices about the parent that were not used yet. */
export const isNewsOfBelow = ({ pendingNews, parent }: SessionState): boolean =>
  pendingNews.some(({ issue }) => issue === parent?.issue);

/** Takes the notices about the parent. A merge is final; otherwise the last notice counts. */
export function takeNewsOf({ pendingNews }: SessionState, below: ParentBranch) {
  const all = pendingNews.splice(0);
  const isOf = ({ issue }: DependencyNews) => issue === below.issue;
  pendingNews.push(...all.filter((news) => !isOf(news)));
  const news = all.filter(isOf);
  return news.find(({ event }) => event === 'merged') ?? news.at(-1);
}

/**
 * Runs a step that needs a branch on the remote. If that is the parent's branch and it is gone, no person is
 * asked: a notice, or the parent's pull request, shows what happened to it.
 * @returns undefined when there is a notice about the parent to use first
 */
export async function needing<T>(
  session: Session,
  branch: string,
  step: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    const below = session.state.parent;
    const isGone = typeOf(error) === 'MissingBaseBranch' && branch === below?.branch;
    if (!isGone || !(await awaitNewsOf(session, below))) throw error;
    return undefined;
  }
}

/** The interval between two checks of the parent's pull request, in milliseconds. */
const LOOK_EVERY = 30_000;

/** How many checks are made without a notice from the run before the state of the pull request is used. */
const PATIENCE = 4;

/**
 * Waits until there is a notice about the parent.
 * @returns false when none will come: the session is in no run, and the parent's pull request can't be read
 * @throws PullRequestEnded
 */
async function awaitNewsOf(session: Session, below: ParentBranch): Promise<boolean> {
  const { state } = session;
  const isNews = () => isNewsOfBelow(state);
  for (let looks = 0; !isNews(); looks++) {
    moveOnIfLong();
    const found = await fateOf(session, below);
    if (isNews()) return true;
    const mayBeTold = state.input.run !== undefined && looks < PATIENCE;
    if (found === 'unknown' && !mayBeTold) return false;
    if (found === 'merged') return tell(session, below, found);
    if (found === 'cancelled' && !mayBeTold) return tell(session, below, found);
    if (typeof found === 'object') {
      state.pendingNews.push({ issue: below.issue, event: 'moved', parentBranch: found });
      return true;
    }
    session.setStatus(
      state.status,
      `waits for a notice about #${below.issue}, whose branch ${below.branch} is gone`,
    );
    await condition(() => isNews() || session.hasEnded, LOOK_EVERY, {
      summary: `Wait for a notice about #${below.issue}`,
    });
    if (session.hasEnded) throw new PullRequestEnded();
    if (found === 'again') return isNews() || tell(session, below, 'moved');
  }
  return true;
}

function tell({ state }: Session, { issue }: ParentBranch, event: DependencyNews['event']): true {
  state.pendingNews.push({ issue, event });
  return true;
}

/** Whether the parent is merged, from a notice or from its pull request. */
export async function isBelowMerged(session: Session): Promise<boolean> {
  const { parent: below, pendingNews } = session.state;
  if (!below) return true;
  const isTold = pendingNews.some(
    ({ issue, event }) => issue === below.issue && event === 'merged',
  );
  return isTold || (await fateOf(session, below)) === 'merged';
}

/**
 * What the parent's pull request shows. If it was merged into another branch than the target branch, that
 * branch is the new parent. While it is open or can't be read, its branch may come back.
 */
async function fateOf(
  session: Session,
  below: ParentBranch,
): Promise<'merged' | 'cancelled' | 'again' | 'unknown' | ParentBranch> {
  const { location, registration } = session;
  const number = Number(/\/pull\/(\d+)$/.exec(below.pullRequestUrl)?.[1]);
  if (Number.isNaN(number)) return 'unknown';
  try {
    const pull = await glance(location).readPullRequest({ location, pullRequest: number });
    if (pull.state === 'open') return 'again';
    if (!pull.merged) return 'cancelled';
    if (pull.base === registration.targetBranch || pull.base === below.branch) return 'merged';
    return { ...below, branch: pull.base };
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (FAILURE_TYPES.some((type) => type === typeOf(error))) return 'unknown';
    log.info('the pull request of the session below could not be read', { error });
    return 'again';
  }
}
