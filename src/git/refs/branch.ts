import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import { baseRef, branchRef, isAncestor, tipOf } from './refs.ts';

/** The tip of the session's branch on this host. @throws WorktreeLost when there is no such branch */
export async function branchTip({ checkout, branch }: SessionLocation): Promise<string> {
  const tip = await tipOf(checkout, branchRef(branch));
  if (tip !== undefined) return tip;
  throw new CoppiceError(
    'WorktreeLost',
    `The branch ${branch} does not exist in ${checkout} any more: restore it, or cancel the session`,
  );
}

/**
 * The commit on which the branch is based now. An earlier move, whose result was never reported, may have
 * changed it, so the recorded ref is used if the branch contains it.
 */
export async function currentBase(
  { checkout, branch }: SessionLocation,
  base: Base,
): Promise<string> {
  const noted = await tipOf(checkout, baseRef(branch));
  const holds = noted !== undefined && (await isAncestor(checkout, noted, branchRef(branch)));
  return holds ? noted : base.tip;
}

/** The best common ancestor; undefined when the two histories have no commit in common. */
export async function mergeBase(
  directory: string,
  a: string,
  b: string,
): Promise<string | undefined> {
  try {
    return await git(directory, ['merge-base', a, b]);
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}
