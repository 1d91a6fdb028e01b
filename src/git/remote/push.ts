import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError, TransientError } from '../../domain/shared/failure.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { git } from '../command/client.ts';
import { GitFailure, tail } from '../command/failure.ts';
import { branchTip } from '../refs/branch.ts';
import { branchRef, changeRefs, pushedRef, tipOf } from '../refs/refs.ts';
import { uploadLfs } from './lfs.ts';
import { refuseLockedFiles } from './lfs-locks.ts';
import { type GitTokenSource, pushTarget } from './remote.ts';
import { signBranch } from './signing.ts';

export interface PushOptions {
  /**
   * The commit at which the remote branch must be to be overwritten. Without it, the push may only add
   * commits.
   */
  readonly lease?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pushes the session's branch to the remote branch of the same name. It runs in the person's checkout,
 * because the agent can change the worktree's git files. Pushing a commit that is already there succeeds.
 * @returns the commit that was pushed
 * @throws BranchMoved when the remote branch has other commits; PushRejected, Unauthorized, WorktreeLost
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
  const { to, login } = await pushTarget(checkout, remote, tokens);
  await refuseLockedFiles(location, sha, { ...login, signal });
  await uploadLfs(location, sha, { ...login, signal });
  const leased = lease === undefined ? [] : [`--force-with-lease=${ref}:${lease}`];
  try {
    await git(checkout, [...PUSH, ...leased, '--', to, `${sha}:${ref}`], { ...login, signal });
  } catch (error) {
    throw error instanceof GitFailure ? rejection(error, location) : error;
  }
  const noted = pushedRef(branch);
  await changeRefs(checkout, [{ ref: noted, from: await tipOf(checkout, noted), to: sha }]);
  return sha;
}

const PUSH = ['push', '--porcelain', '--no-verify', '--no-follow-tags', '--recurse-submodules=no'];

/** Rejections that are a failure of the server, and not a refusal. */
const PASSING =
  /internal (server )?error|timed out|timeout|unavailable|unpacker error|\(failure\)/i;

/**
 * Rejections because somebody else changed the ref at the same time, which the next attempt sees, or because
 * another branch prevents this one, which does not pass.
 */
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
      `${remote} can’t change the branch ${branch} (${line}): somebody else is changing it, or a branch exists whose name conflicts with it`,
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
      `a ruleset of ${remote} does not accept this push to ${branch}: ${rules.join('; ')} (GH013); exclude such branches from that ruleset on GitHub, or put yourself on its bypass list`,
      tail(error.stderr),
    );
  return new CoppiceError(
    'PushRejected',
    `${remote} does not accept the branch ${branch} (${[line, ...saidBy(error.stderr)].join(': ')}): change the branch so that it follows the rules there, or change the rules`,
    tail(error.stderr),
  );
}

/** What the server said of its reason, in its own words: none, or one line. */
function saidBy(stderr: string): string[] {
  const lines = stderr
    .split('\n')
    .flatMap((line) => /^remote: (?:error: )?(.*\w.*)$/.exec(line)?.[1] ?? []);
  return lines.length === 0 ? [] : [oneLine(lines.slice(0, 3).join(' '), 200)];
}

/** The violations of GitHub's rules, in its own words: the list below the line with GH013. */
function violations(stderr: string): string[] {
  const lines = stderr.split('\n').map((line) => line.replace(/^remote: ?/, '').trim());
  const from = lines.findIndex((line) => /GH013/.test(line));
  if (from < 0) return [];
  const points = lines.slice(from + 1).flatMap((line) => /^- (.+)$/.exec(line)?.[1] ?? []);
  return points.slice(0, 5).map((point) => oneLine(point, 200).replace(/\.$/, ''));
}
