import type { SessionLocation } from '../../domain/session/session.ts';
import { pushedRef, tipOf } from '../../git/refs/refs.ts';
import type { GitTokenSource } from '../../git/remote/remote.ts';
import { type Removal, removeWorktree } from '../../git/worktree/remove.ts';
import type { GitHub } from '../../github/port.ts';
import type { Home } from '../../state/home.ts';
import { saveLeftBranch } from '../../state/left-branch.ts';
import { freePorts } from '../../state/port-ranges.ts';
import { forgetOwnership, keptDirectory, type Ownership } from '../../state/session-store.ts';

export interface PruneSessionOptions {
  readonly home: Home;
  readonly tokens: GitTokenSource;
  readonly github: () => Promise<GitHub>;
  readonly dryRun: boolean;
  readonly force: boolean;
}

interface EndedPullRequest {
  /** Null when there never was one. */
  readonly url: string | null;
  readonly merged: boolean;
}

/** Removes what an ended session left on this host, and notes what it has on the remote. */
export async function pruneSession(
  { location, base, workflowId }: Pick<Ownership, 'location' | 'base' | 'workflowId'>,
  { url, merged }: EndedPullRequest,
  { home, tokens, github, dryRun, force }: PruneSessionOptions,
): Promise<Removal> {
  const headSha = await readHead(location, url, github).catch((error: unknown) => {
    // With --force no commit is lost: commits that aren't known to be on GitHub are kept under a hidden ref.
    if (force) return '';
    throw error;
  });
  const keepIn = keptDirectory(home, location);
  const sha = await tipOf(location.checkout, pushedRef(location.branch));
  if (sha !== undefined && !dryRun)
    await saveLeftBranch(home, { workflowId, location, sha, pullRequest: numberIn(url), merged });
  const removal = await removeWorktree(location, { headSha, base, keepIn, tokens, force, dryRun });
  if (removal.removed && !dryRun) {
    await forgetOwnership(home, location.repository, location.issue);
    await freePorts(home, location);
  }
  return removal;
}

/** The pull request's head commit; empty when there never was a pull request. */
async function readHead(
  { repository }: SessionLocation,
  pullRequestUrl: string | null,
  github: () => Promise<GitHub>,
): Promise<string> {
  const number = numberIn(pullRequestUrl);
  return number === null
    ? ''
    : (await (await github()).readPullRequest(repository, number)).headSha;
}

function numberIn(pullRequestUrl: string | null): number | null {
  const number = Number(pullRequestUrl?.split('/').at(-1));
  return Number.isInteger(number) && number > 0 ? number : null;
}
