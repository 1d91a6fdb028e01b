import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError, TransientError } from '../../domain/shared/failure.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { git } from '../command/client.ts';
import { GitFailure, tail } from '../command/failure.ts';
import { branchTip } from '../refs/branch.ts';
import { branchRef, changeRefs, pushedRef, tipOf } from '../refs/refs.ts';
import { uploadLfs } from './lfs.ts';
import { authenticated, type GitTokenSource } from './remote.ts';
import { signBranch } from './signing.ts';

export interface PushOptions {
  /** Commit the remote's branch must be at to be overwritten. Without it, commits can only be added. */
  readonly lease?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pushes the session's branch to the branch of the same name. Runs in the person's checkout: a worktree's git files are
 * the agent's to change. Pushing what is there already succeeds.
 * @returns the commit pushed
 * @throws BranchMoved when the remote's branch is elsewhere; PushRejected, Unauthorized, WorktreeLost
 */
export async function pushBranch(
  location: SessionLocation,
  tokens: GitTokenSource,
  { lease, signal }: PushOptions = {},
): Promise<string> {
  const { checkout, remote, branch } = location;
  const ref = branchRef(branch);
  await signBranch(location, signal);
  const sha = await branchTip(location);
  const options = await authenticated(checkout, remote, tokens, 'push');
  await uploadLfs(location, sha, { ...options, signal });
  const leased = lease === undefined ? [] : [`--force-with-lease=${ref}:${lease}`];
  try {
    await git(checkout, [...PUSH, ...leased, '--', remote, `${sha}:${ref}`], {
      ...options,
      signal,
    });
  } catch (error) {
    throw error instanceof GitFailure ? rejection(error, location) : error;
  }
  const noted = pushedRef(branch);
  await changeRefs(checkout, [{ ref: noted, from: await tipOf(checkout, noted), to: sha }]);
  return sha;
}

const PUSH = ['push', '--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'];

/** A server that fails, rather than refuses. */
const PASSING =
  /internal (server )?error|timed out|timeout|unavailable|unpacker error|\(failure\)/i;

/** Somebody else was quicker, which the next try sees; or a branch that can't be beside another, which stays. */
const RACE = /cannot lock ref|failed to update ref|incorrect old value/;

/** With `--porcelain` a refused ref is a line on stdout: `!\t<from>:<to>\t[rejected] (non-fast-forward)`. */
function rejection(error: GitFailure, { branch, remote }: SessionLocation): Error {
  const line = /^!\t[^\t]*\t(.*)$/m.exec(error.stdout)?.[1];
  if (line === undefined) return error;
  if (PASSING.test(line))
    return new TransientError(`${remote} failed to take the branch ${branch}: ${line}`);
  if (RACE.test(line))
    return new CoppiceError(
      'PushRejected',
      `${remote} can’t change the branch ${branch} (${line}): somebody else is changing it, or another branch stands in its way`,
      tail(error.stderr),
      true,
    );
  if (!line.startsWith('[remote rejected]'))
    return new CoppiceError(
      'BranchMoved',
      `${branch} on ${remote} has commits that this host does not have (${line}): bring them into the worktree, or take them off the remote`,
      tail(error.stderr),
    );
  const rules = violations(error.stderr);
  if (rules.length > 0)
    return new CoppiceError(
      'PushRejected',
      `a ruleset of ${remote} does not accept this push to ${branch}: ${rules.join('; ')} (GH013); take branches like it out of that ruleset on GitHub, or be on its bypass list`,
      tail(error.stderr),
    );
  return new CoppiceError(
    'PushRejected',
    `${remote} does not accept the branch ${branch} (${line}): change what its rules ask for, or the rules`,
    tail(error.stderr),
  );
}

/** What GitHub's rules refuse, in its own words: the points below the line with GH013. */
function violations(stderr: string): string[] {
  const lines = stderr.split('\n').map((line) => line.replace(/^remote: ?/, '').trim());
  const from = lines.findIndex((line) => /GH013/.test(line));
  if (from < 0) return [];
  const points = lines.slice(from + 1).flatMap((line) => /^- (.+)$/.exec(line)?.[1] ?? []);
  return points.slice(0, 5).map((point) => oneLine(point, 200).replace(/\.$/, ''));
}
