import { GIT_TIMEOUT, longHostActivities } from '../../activities.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import { rebaseOnto, startingBranch } from '../branch/parent.ts';
import { hasParentNotice, unlessParentGone } from '../branch/parent-notices.ts';
import type { Session } from '../session.ts';

const ACTIVITY = 'makes its worktree';

/**
 * Makes a session's worktree. That may take long, for example while GitHub can't be reached, and the parent
 * may be merged meanwhile. So each attempt first finds out from which branch to start.
 */
export async function makeWorktree(session: Session): Promise<void> {
  const { state, location, id } = session;
  const attempt = () =>
    askOnFailure(session, ACTIVITY, async () => {
      const from = await startingBranch(session);
      const status = session.beginStep(ACTIVITY);
      const base = await unlessParentGone(session, from, () =>
        longHostActivities(location, GIT_TIMEOUT).createWorktree({
          location,
          workflowId: id,
          from,
          ...status,
        }),
      );
      return base && { base, from };
    });
  let made = await attempt();
  while (!made) made = await attempt();
  state.base = made.base;
  // An earlier attempt may have made it from another branch.
  if (made.base.branch !== made.from)
    await rebaseOnto(session, made.from, ACTIVITY, () => hasParentNotice(state));
}
