import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { branchTip } from '../refs/branch.ts';
import { branchRef, isAncestor } from '../refs/refs.ts';
import { short } from '../refs/unpushed.ts';
import { conflictMarkers } from '../worktree/markers.ts';
import { obstacleTo } from './rebase.ts';

/** What else a resolution must pass, such as the person's own checks. @throws NotResolved */
export type Verify = () => Promise<void>;

/**
 * Checks what the agent, or a person, made of a conflict: the branch must stand on `tip`, which is from `onto`, with
 * everything committed and no conflict marker left, and pass `verify`. @throws NotResolved
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
  const obstacle = await obstacleTo(location);
  if (obstacle !== undefined) refuse(obstacle);
  if (!(await isAncestor(checkout, tip, branchRef(branch))))
    refuse(`it does not stand on ${onto} at ${short(tip)}`);
  const marked = await conflictMarkers(checkout, { from: tip, to: await branchTip(location) });
  if (marked.length > 0) refuse(`conflict markers are left in ${marked.join(', ')}`);
  await verify?.();
}
