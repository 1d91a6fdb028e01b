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

/** What a session hears of the one below it, and how it finds out for itself when that one's branch is gone. */

/** Whether anything was heard of the session below that was not taken yet. */
export const isNewsOfBelow = ({ pendingNews, parent }: SessionState): boolean =>
  pendingNews.some(({ issue }) => issue === parent?.issue);

/** Takes what was heard of the session below. A merge is final; of other news the last counts. */
export function takeNewsOf({ pendingNews }: SessionState, below: ParentBranch) {
  const all = pendingNews.splice(0);
  const isOf = ({ issue }: DependencyNews) => issue === below.issue;
  pendingNews.push(...all.filter((news) => !isOf(news)));
  const news = all.filter(isOf);
  return news.find(({ event }) => event === 'merged') ?? news.at(-1);
}

/**
 * Takes a step that needs a branch on the remote. When that is the branch of the session below, and is gone, nobody is
 * asked: what became of it is told by news, or by its pull request.
 * @returns undefined when there is news of the session below to be taken first
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

/** Between two looks at the pull request of the session below, in milliseconds. */
const LOOK_EVERY = 30_000;

/** How often it is looked at without a word from the run before what it tells is taken as it is. */
const PATIENCE = 4;

/**
 * Waits until there is news of the session below.
 * @returns false when nobody tells any: it is in no run, and has no pull request that can be read
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

/** Whether the session below is merged, whether or not the news of it was taken yet. */
export async function isBelowMerged(session: Session): Promise<boolean> {
  const { parent: below, pendingNews } = session.state;
  if (!below) return true;
  const isTold = pendingNews.some(
    ({ issue, event }) => issue === below.issue && event === 'merged',
  );
  return isTold || (await fateOf(session, below)) === 'merged';
}

/**
 * What its pull request tells of the session below. Merged into another branch than the trunk, that one is to stand on,
 * unless it is gone too. While it is open, or can't be read, its branch is worth another look.
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
