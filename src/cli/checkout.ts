import { git } from '../git/command/client.ts';
import { GitFailure } from '../git/command/failure.ts';
import { type BareRepository, findRepository } from '../git/command/repository.ts';
import { branchRef, tipOf } from '../git/refs/refs.ts';
import type { Home } from '../state/home.ts';
import { knownCheckouts } from '../state/repositories.ts';
import { isWithin, sessionAround, sessionWorktrees } from '../state/session-worktrees.ts';
import type { Checkout } from './context.ts';
import { Refusal } from './errors.ts';
import { readSigning } from './preflight/signing.ts';
import { unreadConfigs } from './unread-configs.ts';

/**
 * The checkout around a directory. From within a session's worktree it is the person's own that the session's record
 * names, whatever git says there: an agent writes in it.
 * @throws Refusal when several may be meant
 */
export async function openCheckout(home: Home, directory: string): Promise<Checkout | undefined> {
  const session = await sessionAround(home, directory);
  if (session && session.checkout === undefined)
    throw new Refusal(
      `${directory} is in the worktree of #${session.issue}, in which an agent works: go to your own checkout, or name it with -C`,
    );
  const from = session?.checkout ?? directory;
  const found = await findRepository(from, undefined, (bare) => persons(home, from, bare));
  if (!found) return undefined;
  const { root: path } = found;
  return {
    path,
    unread: unreadConfigs(directory, path),
    remoteUrl: async (remote) => (await findRepository(path, remote))?.remoteUrl,
    defaultBranch: (remote) => defaultBranch(path, remote),
    signs: () => readSigning(path),
    branchExists: async (branch) => (await tipOf(path, branchRef(branch))) !== undefined,
  };
}

/** Of a bare repository's worktrees the person's: the one around, or the one they used last, or the only one. */
async function persons(
  home: Home,
  directory: string,
  { worktrees, isInside }: BareRepository,
): Promise<string> {
  const agents = (await sessionWorktrees(home)).map(({ worktree }) => worktree);
  const own = worktrees.filter((path) => !agents.some((agent) => isWithin(path, agent)));
  const [first, ...others] = own;
  if (first !== undefined && (isInside || others.length === 0)) return first;
  const known = await knownCheckouts(home);
  const last = own.filter((path) => known.includes(path));
  if (last.length === 1 && last[0] !== undefined) return last[0];
  throw new Refusal(
    first === undefined
      ? `${directory} is a bare repository without a worktree of yours: make one with \`git worktree add\`, and go there`
      : `${directory} is a bare repository: go to one of its worktrees, or name it with -C (${own.join(', ')})`,
  );
}

async function defaultBranch(path: string, remote: string): Promise<string | undefined> {
  try {
    const head = `refs/remotes/${remote}/HEAD`;
    const ref = await git(path, ['symbolic-ref', '--quiet', head]);
    return ref.slice(`refs/remotes/${remote}/`.length);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}
