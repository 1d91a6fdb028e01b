import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { branchTip } from '../refs/branch.ts';
import { branchRef, isAncestor } from '../refs/refs.ts';
import { short } from '../refs/unpushed.ts';
import { conflictMarkers } from '../worktree/conflict-markers.ts';
import { reasonNotToRebase } from './rebase-detached.ts';

/**
 * A further check of a resolution, such as the person's own check commands.
 * @throws NotResolved
 */
export type Verify = () => Promise<void>;

/**
 * Checks how the agent or a person resolved a conflict: the branch must contain `tip`, everything must be
 * committed, no conflict marker may be left, and `verify` must pass.
 * @param onto the name of the branch from which `tip` is, for the message
 * @throws NotResolved
 */
export async function refuseUnresolved(
  location: SessionLocation,
  tip: string,
  onto: string,
  verify: Verify | undefined,
): Promise<void> {
  const { checkout, branch } = location;
  const refuse = (why: string): never => {
    throw new CoppiceError('NotResolved', `${branch} is not resolved: ${why}`);
  };
  const obstacle = await reasonNotToRebase(location);
  if (obstacle !== undefined) refuse(obstacle);
  if (!(await isAncestor(checkout, tip, branchRef(branch))))
    refuse(`it is not based on ${onto} at ${short(tip)}`);
  const marked = await conflictMarkers(checkout, { from: tip, to: await branchTip(location) });
  if (marked.length > 0) refuse(`conflict markers are left in ${marked.join(', ')}`);
  await verify?.();
}
