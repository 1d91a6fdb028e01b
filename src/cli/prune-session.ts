import type { Place } from '../domain/session.ts';
import { type Removal, removeWorktree } from '../git/remove.ts';
import type { GitHub } from '../github/port.ts';
import type { TokenSource } from '../github/token.ts';
import type { Home } from '../state/home.ts';
import { forgetOwnership, keptDirectory } from '../state/session-store.ts';

export interface PruneSessionOptions {
  readonly home: Home;
  readonly tokens: TokenSource;
  readonly github: () => Promise<GitHub>;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** Removes what an ended session left on this host; `pullRequestUrl` is null when it never had a pull request. */
export async function pruneSession(
  place: Place,
  pullRequestUrl: string | null,
  { home, tokens, github, dryRun, force }: PruneSessionOptions,
): Promise<Removal> {
  const number = Number(pullRequestUrl?.split('/').at(-1));
  const headSha =
    force || !Number.isInteger(number) || number < 1
      ? ''
      : (await (await github()).readPullRequest(place.repository, number)).headSha;
  const keepIn = keptDirectory(home, place);
  const removal = await removeWorktree(place, { headSha, keepIn, tokens, force, dryRun });
  if (removal.removed && !dryRun) await forgetOwnership(home, place.repository, place.issue);
  return removal;
}
