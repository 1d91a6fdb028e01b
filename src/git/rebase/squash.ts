import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import type { Rebase } from './step.ts';

/**
 * Whether merge commits are among the commits to rebase. A rebase leaves them out, and with them what they
 * resolved.
 */
export async function hasMerges(
  { checkout }: SessionLocation,
  { from, old }: Rebase,
): Promise<boolean> {
  return (await git(checkout, ['rev-list', '--merges', '--count', `${from}..${old}`])) !== '0';
}

/**
 * Puts all changes since `from`, including what merges resolved, onto `tip` as one commit, and leaves HEAD
 * there.
 * @returns the commit; undefined when it conflicts or changes nothing
 */
export async function squashDetached(
  { worktree, branch }: SessionLocation,
  { old, from, tip }: Rebase,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const authored = await git(worktree, ['log', '-1', '--format=%an%x00%ae%x00%aI', old]);
  const [name = '', email = '', date = ''] = authored.split('\0');
  const subjects = await git(worktree, [
    'log',
    '--no-merges',
    '--reverse',
    '--format=- %s',
    `${from}..${old}`,
  ]);
  const commit = await git(worktree, ['commit-tree', `${old}^{tree}`, '-p', from], {
    env: { ...env, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
    input: `Commits of ${branch} and what their merges resolved\n\n${subjects}\n`,
  });
  try {
    await git(worktree, ['checkout', '--quiet', '--force', '--detach', tip], { mark: worktree });
    await git(worktree, ['cherry-pick', commit], { mark: worktree, env });
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
  return git(worktree, ['rev-parse', 'HEAD']);
}
