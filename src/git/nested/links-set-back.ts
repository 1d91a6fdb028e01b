import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { short } from '../refs/unpushed.ts';
import { submodulesInBaseline } from '../worktree/baseline.ts';
import { changedGitlinks } from './gitlinks.ts';

interface Range {
  readonly from: string;
  readonly to: string;
}

/**
 * Submodules that the session's commits set back by accident, as sentences for the agent. When Coppice moves the branch
 * onto a newer base, a submodule in the worktree stays at its commit, and `git add` then records that older commit.
 */
export async function linksSetBack(
  location: SessionLocation,
  base: Base,
  { from, to }: Range,
): Promise<string[]> {
  const run = (args: readonly string[]) => git(location.checkout, args);
  const links = await changedGitlinks(run, from, to);
  if (links.length === 0) return [];
  const stayed = await submodulesInBaseline(location);
  const problems: string[] = [];
  for (const { path, sha, before } of links) {
    if (before === undefined || stayed.get(path) !== sha) continue;
    const recorded = ['log', '--max-count=1', '--format=%H', `--find-object=${sha}`, base.tip];
    if ((await run([...recorded, '--', `:(top,literal)${path}`])) === '') continue;
    // A person may want the older commit back, for example because the newer one breaks the build.
    const says = ['log', '--max-count=1', '--format=%H', '--fixed-strings', `--grep=${short(sha)}`];
    if ((await run([...says, `${from}..${to}`])) !== '') continue;
    problems.push(
      `${path} is recorded at ${short(sha)}, the older commit at which the submodule stayed when the branch moved on to ${short(before)}: undo that with \`git update-index --cacheinfo 160000,${before},${path}\` and \`git submodule update ${path}\`, and commit; if the issue needs the older commit, name ${short(sha)} in a commit message`,
    );
  }
  return problems;
}
