import type { Place } from '../domain/session.ts';
import type { GitTokenSource } from '../git/remote.ts';
import { type Removal, removeWorktree } from '../git/remove.ts';
import type { GitHub } from '../github/port.ts';
import type { Home } from '../state/home.ts';
import { freePorts } from '../state/port-ranges.ts';
import { forgetOwnership, keptDirectory, type Ownership } from '../state/session-store.ts';

export interface PruneSessionOptions {
  readonly home: Home;
  readonly tokens: GitTokenSource;
  readonly github: () => Promise<GitHub>;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** Removes what an ended session left on this host; `pullRequestUrl` is null when it never had a pull request. */
export async function pruneSession(
  { place, base }: Pick<Ownership, 'place' | 'base'>,
  pullRequestUrl: string | null,
  { home, tokens, github, dryRun, force }: PruneSessionOptions,
): Promise<Removal> {
  const headSha = await readHead(place, pullRequestUrl, github).catch((error: unknown) => {
    // With --force nothing is lost that way: commits that aren't known to be on GitHub are kept under a ref.
    if (force) return '';
    throw error;
  });
  const keepIn = keptDirectory(home, place);
  const removal = await removeWorktree(place, { headSha, base, keepIn, tokens, force, dryRun });
  if (removal.removed && !dryRun) {
    await forgetOwnership(home, place.repository, place.issue);
    await freePorts(home, place);
  }
  return removal;
}

/** The pull request's head commit; empty when there never was a pull request. */
async function readHead(
  { repository }: Place,
  pullRequestUrl: string | null,
  github: () => Promise<GitHub>,
): Promise<string> {
  const number = Number(pullRequestUrl?.split('/').at(-1));
  if (!Number.isInteger(number) || number < 1) return '';
  return (await (await github()).readPullRequest(repository, number)).headSha;
}
