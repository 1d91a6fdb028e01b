import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { git, gitAnswers } from '../command/client.ts';
import type { GitDirectories } from '../command/git-directories.ts';
import type { GitTokenSource } from '../remote/remote.ts';
import { isWorthKeeping } from '../worktree/keep-ignored.ts';
import { changedGitlinks, type Submodule, submodulesOf } from './gitlinks.ts';
import { absoluteUrl, isOnRemote } from './on-remote.ts';
import { nestedRepositories } from './repositories.ts';
import { inspectNested, type NestedWork, reasonToKeepNested } from './work.ts';

export interface OutsideOptions {
  /** The base of the session's branch; undefined when it is not recorded any more. */
  readonly base: Base | undefined;
  readonly tokens: GitTokenSource;
}

/**
 * Work in a session’s worktree that is in none of its commits and would be lost with the worktree: commits in
 * submodules and nested repositories that are on no remote, and uncommitted files there.
 */
export async function workOutsideCommits(
  location: SessionLocation,
  directories: Pick<GitDirectories, 'worktree' | 'own'>,
  { base, tokens }: OutsideOptions,
): Promise<NestedWork[]> {
  const found = await nestedRepositories(directories);
  if (found.length === 0) return [];
  const { links, submodules } = await publishedSubmodules(location, base);
  const work: NestedWork[] = [];
  for (const nested of found) {
    const seen = await inspectNested(nested, links);
    const url = submodules.get(nested.path)?.url;
    const tips = url === undefined ? seen.tips : await missing(seen.tips, url, tokens);
    const again = !isWorthKeeping(nested.path) && (await isIgnored(location, nested.path));
    const left = { ...seen, tips, ...(again && { uncommitted: 0 }) };
    if (reasonToKeepNested(left) !== undefined) work.push(left);
  }
  return work;
}

const isIgnored = ({ worktree }: SessionLocation, path: string): Promise<boolean> =>
  gitAnswers(worktree, ['check-ignore', '--quiet', '--', path]);

/** The commits that the repository at `url` does not have. */
async function missing(
  tips: readonly string[],
  url: string,
  tokens: GitTokenSource,
): Promise<string[]> {
  const missing: string[] = [];
  for (const tip of tips) if (!(await isOnRemote(url, tip, tokens))) missing.push(tip);
  return missing;
}

/**
 * The submodules of the base. People merged them, so their commits are published and Coppice may connect to
 * their URLs.
 */
export async function publishedSubmodules(
  { checkout, remote }: SessionLocation,
  base: Base | undefined,
): Promise<{ links: string[]; submodules: Map<string, Submodule> }> {
  if (base === undefined) return { links: [], submodules: new Map() };
  const run = (args: readonly string[]) => git(checkout, args);
  const links = await changedGitlinks(run, undefined, base.tip);
  const submodules = await submodulesOf(run, base.tip);
  const parent = await git(checkout, ['remote', 'get-url', '--', remote]);
  const at = [...submodules].map(
    ([path, { name, url }]) => [path, { name, url: absoluteUrl(url, parent) }] as const,
  );
  return { links: links.map(({ sha }) => sha), submodules: new Map(at) };
}
