import { latest } from '../domain/pull-request.ts';
import { GIT_LIMIT, longOnHost, onHost } from './activities.ts';
import { throughConflicts } from './conflict.ts';
import type { Session } from './session.ts';
import { settle } from './settle.ts';

/**
 * Follows the session below. When its branch moved, so does this one; when it is merged, this one moves onto the trunk and
 * its pull request with it; when it ended cancelled, a person says whether to.
 */
export async function follow(session: Session): Promise<void> {
  const { state, place } = session;
  for (;;) {
    const below = state.onTopOf;
    const news = state.pendingNews.splice(0).filter(({ issue }) => issue === below?.issue);
    const last = news.find(({ event }) => event !== 'moved') ?? news[0];
    if (!below || !last) return;
    // Merged into the branch below, there is nothing left to move.
    if (last.event === 'moved' && state.pullRequest?.merged) return;
    if (last.event === 'moved') {
      // Overtaken when its branch went with its merge: the next news says so.
      await moveOnto(session, below.branch, `moves along with #${below.issue}`);
      continue;
    }
    const { trunk } = session.registration;
    if (last.event === 'cancelled') {
      await session.consult({
        decision: `#${below.issue}, which it stands on, ended cancelled. Go on without it?`,
        options: [`guide it to move its own commits onto ${trunk}`, 'cancel it'],
        context: below.pullRequestUrl,
      });
    }
    await moveOnto(session, trunk, `moves onto ${trunk}, since #${below.issue} is ${last.event}`);
    state.onTopOf = null;
    const { pullRequest } = state;
    if (!pullRequest) return;
    const retargeted = await settle(session, 'retargets its pull request', () =>
      onHost(place).retarget({ place, pullRequest: pullRequest.number, base: trunk }),
    );
    state.pullRequest = latest(state.pullRequest, retargeted, true);
    return;
  }
}

/** Moves the session's commits onto a branch. Newer news ends an attempt that is stuck. */
export async function moveOnto(session: Session, onto: string, activity: string): Promise<void> {
  const { state, place } = session;
  await session.become('working', activity);
  const moved = await throughConflicts(
    session,
    activity,
    (resolved) =>
      longOnHost(place, GIT_LIMIT).restack({ place, base: session.base, onto, resolved }),
    () => state.pendingNews.length > 0,
  );
  if (moved) state.base = moved;
}
