import { freshening, reasonToFreshen } from '../../../domain/pull-request/freshen.ts';
import type { Session } from '../session.ts';
import { isNewsOfBelow } from './below.ts';
import { moveOnto } from './parent.ts';

/** Moves the branch onto what its base is now, where there is a reason to. */
export async function freshen(session: Session): Promise<void> {
  const { state, policy, base } = session;
  const { pullRequest } = state;
  if (!pullRequest) return;
  const reason = reasonToFreshen(policy.freshen, pullRequest, base);
  if (reason === undefined || state.freshened === freshening(pullRequest)) return;
  const freshened = freshening(pullRequest);
  await moveOnto(session, base.branch, reason, () => isNewsOfBelow(state));
  state.freshened = freshened;
}
