import type { Next } from '../../../domain/session/state.ts';
import { IMPLEMENT_TURN } from '../../../domain/session/turn.ts';
import { askOnFailure } from '../ask-on-failure.ts';
import { applyParentNotices, askAboutCancelled } from '../branch/parent.ts';
import { findHost } from '../find-host.ts';
import { registerWatch } from '../register-watch.ts';
import type { Session } from '../session.ts';
import { setUp } from './setup.ts';
import { makeWorktree } from './worktree.ts';

/** Finds a host, makes the worktree there, and runs the setup commands in it. */
export async function register(session: Session): Promise<Next> {
  const { state } = session;
  const { cancelled = [], caution } = state.input;
  session.publishStatus();
  if (!state.registration) {
    state.registration = await askOnFailure(session, 'registers', () => findHost(session));
    if (!state.registration) return 'register';
    // `register` has registered the issue with the watcher of the host.
    session.watched = null;
  }
  await registerWatch(session);
  if (state.registration.conversation !== null && !state.conversation) {
    const { conversation: id, conversationAdapter: adapter } = state.registration;
    state.conversation = { id, adapter };
  }
  if (cancelled.length > 0 && !state.startsWithout) {
    await askAboutCancelled(session, cancelled);
    state.startsWithout = true;
  }
  if (!state.base) await makeWorktree(session);
  await applyParentNotices(session);
  await setUp(session);
  const { policy } = session;
  const plans = policy.planning === 'always' || (policy.planning === 'caution' && caution);
  return plans || caution !== undefined ? 'plan' : IMPLEMENT_TURN;
}
