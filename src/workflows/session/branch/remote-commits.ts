import { longHostActivities } from '../../activities.ts';
import { askOnFailure, failureType } from '../ask-on-failure.ts';
import type { Session } from '../session.ts';
import { conflictChecks, resolvingConflicts } from './conflict.ts';

const ACTIVITY = 'integrates what was pushed to its branch';

/**
 * Called before a turn: integrates what others pushed to the branch, unless the worktree can't be rebased
 * now.
 */
export const integrateBeforeTurn = (session: Session): Promise<void> =>
  session.state.pullRequest
    ? askOnFailure(session, ACTIVITY, () => integrateRemoteCommits(session, true))
    : Promise.resolve();

/** How often others may push to the branch in the meantime before a person is asked. */
const RACES = 3;

/** Runs a step that pushes the branch, after integrating what others pushed before or meanwhile. */
export const pushAfterIntegrating = <T>(
  session: Session,
  activity: string,
  push: () => Promise<T>,
): Promise<T> =>
  askOnFailure(session, activity, async () => {
    for (let left = RACES; ; left--) {
      if (session.state.pullRequest || left < RACES) await integrateRemoteCommits(session, false);
      try {
        return await push();
      } catch (error) {
        if (failureType(error) !== 'BranchMoved' || left === 0) throw error;
      }
    }
  });

async function integrateRemoteCommits(session: Session, mayWait: boolean): Promise<void> {
  const { state, location } = session;
  const { checking, limit } = conflictChecks(session);
  const taken = await resolvingConflicts(session, ACTIVITY, (resolved) =>
    longHostActivities(location, limit).integrateRemoteCommits({
      ...{ location, base: session.base, resolved, mayWait },
      ...checking,
    }),
  );
  if (!taken) return;
  state.base = taken.base;
  state.unknownCommits += taken.commits;
}
