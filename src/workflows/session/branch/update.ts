import {
  branchUpdateKey,
  reasonToUpdateBranch,
} from '../../../domain/pull-request/branch-update.ts';
import type { Session } from '../session.ts';
import { rebaseOnto } from './parent.ts';
import { hasParentNotice } from './parent-notices.ts';

/** Rebases the branch onto the present tip of its base, if there is a reason to do so. */
export async function updateBranch(session: Session): Promise<void> {
  const { state, policy, base } = session;
  const { pullRequest } = state;
  if (!pullRequest) return;
  const reason = reasonToUpdateBranch(policy.updateBranch, pullRequest, base);
  if (reason === undefined || state.publication.branchUpdatedFor === branchUpdateKey(pullRequest))
    return;
  const branchUpdatedFor = branchUpdateKey(pullRequest);
  await rebaseOnto(session, base.branch, reason, () => hasParentNotice(state));
  state.publication.branchUpdatedFor = branchUpdatedFor;
}
