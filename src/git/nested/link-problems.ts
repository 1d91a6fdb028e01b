import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import type { GitDirectories } from '../command/git-directories.ts';
import { short } from '../refs/unpushed.ts';
import type { GitTokenSource } from '../remote/remote.ts';
import { gitDirectories } from '../worktree/git-file.ts';
import { changedGitlinks, type Gitlink, submodulesOf } from './gitlinks.ts';
import { absoluteUrl, isOnRemote } from './on-remote.ts';
import { publishedSubmodules } from './outside.ts';
import { type QuarantineRepository, withQuarantine } from './quarantine.ts';
import { readNestedRefs } from './refs.ts';
import { type Nested, nestedIn } from './repositories.ts';
import { keepNested } from './work.ts';

interface Look {
  readonly location: SessionLocation;
  readonly directories: GitDirectories;
  readonly tokens: GitTokenSource;
  /** Commits that gitlinks of the base name. They are published. */
  readonly known: ReadonlySet<string>;
}

/**
 * Problems with the gitlinks that a session's commits change, as sentences for the agent: gitlinks that are
 * not submodules, and submodule commits that nobody else could check out.
 * @param to the tip of the session's branch
 */
export async function linkProblems(
  location: SessionLocation,
  base: Base,
  to: string,
  tokens: GitTokenSource,
): Promise<string[]> {
  const run = (args: readonly string[]) => git(location.checkout, args);
  const links = await changedGitlinks(run, base.tip, to);
  if (links.length === 0) return [];
  const named = await submodulesOf(run, to);
  const published = await publishedSubmodules(location, base);
  const directories = await gitDirectories(location);
  const look = { location, directories, tokens, known: new Set(published.links) };
  const problems: string[] = [];
  for (const link of links) {
    const { path, before } = link;
    if (!named.has(path) && before === undefined) problems.push(bareLink(path));
    else {
      const url = published.submodules.get(path)?.url;
      problems.push(...(await unpublished(look, link, named.get(path)?.name ?? path, url)));
    }
  }
  return problems;
}

const bareLink = (path: string): string =>
  `${path} is committed as a link to another repository (a gitlink), so none of its files is in the commits: remove the link (git rm --cached), and commit its files without its .git, or leave it out; only a path that .gitmodules names is a submodule`;

/** Problems of one gitlink, and of the gitlinks that its commit changes in turn. */
async function unpublished(
  look: Look,
  link: Gitlink,
  name: string,
  url: string | undefined,
): Promise<string[]> {
  const { location, directories, tokens, known } = look;
  const nested = nestedIn(directories, link.path) ?? withoutFiles(directories, name);
  const here = nested?.git === undefined ? undefined : await inside(nested.git, link);
  const isPublished =
    known.has(link.sha) ||
    here?.fetched === true ||
    (url !== undefined && (await isOnRemote(url, link.sha, tokens)));
  const problems: string[] = [];
  if (!isPublished) problems.push(await told(location, link, here ? nested : undefined, url));
  for (const deeper of here?.links ?? []) {
    const { path, url: relative } = deeper;
    const at = relative === undefined || url === undefined ? undefined : absoluteUrl(relative, url);
    problems.push(
      ...(await unpublished(look, { ...deeper, path: join(link.path, path) }, path, at)),
    );
  }
  return problems;
}

/** A submodule whose files are not checked out, but whose git directory exists. */
function withoutFiles({ own }: GitDirectories, name: string): Nested | undefined {
  const git = join(own, 'modules', name);
  const isBelow = !name.split('/').includes('..');
  return isBelow && existsSync(git) ? { path: name, files: undefined, git } : undefined;
}

/**
 * Looks for a commit in the submodule's local repository: whether it came from a remote, and which gitlinks
 * it changes. Undefined when the repository does not have the commit or can't be read.
 */
async function inside(directory: string, { sha, before }: Gitlink) {
  try {
    const refs = readNestedRefs(directory);
    const lender = { objects: refs.objects, head: sha, shallow: join(directory, 'shallow') };
    return await withQuarantine(lender, async (borrowed) => {
      const has = (commit: string) => isThere(borrowed, commit);
      if (!(await has(sha))) return undefined;
      const input = [sha, ...refs.fetched.map((id) => `^${id}`), ''].join('\n');
      const args = ['rev-list', '--ignore-missing', '--max-count=1', '--stdin'];
      const fetched = (await borrowed.git(args, { input })) === '';
      const from = before !== undefined && (await has(before)) ? before : undefined;
      const links = fetched ? [] : await changedGitlinks(borrowed.git, from, sha);
      const named = from === undefined ? new Map() : await submodulesOf(borrowed.git, from);
      return {
        fetched,
        links: links.map((link) => ({ ...link, url: named.get(link.path)?.url })),
      };
    });
  } catch (error) {
    if (error instanceof Error) return undefined; // the caller then asks the remote
    throw error;
  }
}

async function isThere(borrowed: QuarantineRepository, commit: string): Promise<boolean> {
  const found = await borrowed.git(['cat-file', '--batch-check'], { input: `${commit}\n` });
  return found.startsWith(`${commit} commit `);
}

/**
 * The problem of a submodule commit that is on no remote. An agent can't push, so the commit is imported into
 * the checkout, from which a person can push it with the command in the message.
 */
async function told(
  location: SessionLocation,
  { path, sha }: Gitlink,
  nested: Nested | undefined,
  url: string | undefined,
): Promise<string> {
  const work = nested && { nested, tips: [sha], uncommitted: 0, unreadable: '' };
  const [ref] = work ? await keepNested(location, work, undefined) : [];
  const command =
    ref === undefined
      ? ''
      : `, with \`git -C ${location.checkout} push ${url ?? '<its repository>'} ${ref}:refs/heads/${location.branch}\``;
  return `${path} is recorded at ${short(sha)}, a commit that is on no remote, so nobody else could check it out: undo that change unless the issue needs it; if it does, end as stuck and ask a person to push the commit${command}`;
}
