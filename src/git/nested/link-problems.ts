import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Base, SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import type { GitDirectories } from '../command/explicit.ts';
import { short } from '../refs/unpushed.ts';
import { gitDirectories } from '../remote/pointers.ts';
import type { GitTokenSource } from '../remote/remote.ts';
import { type Borrowed, borrowing } from './borrowed.ts';
import { changedGitlinks, type Gitlink, submodulesOf } from './gitlinks.ts';
import { absoluteUrl, isOnRemote } from './on-remote.ts';
import { publishedSubmodules } from './outside.ts';
import { readNestedRefs } from './refs.ts';
import { type Nested, nestedIn } from './repositories.ts';
import { keepNested } from './work.ts';

interface Look {
  readonly location: SessionLocation;
  readonly directories: GitDirectories;
  readonly tokens: GitTokenSource;
  /** Commits that the base holds links to. */
  readonly known: ReadonlySet<string>;
}

/**
 * What is wrong with the links to other repositories that a session's commits change, in words for the agent: links that
 * are no submodules, and commits of submodules that nobody else could check out.
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
  `${path} is committed as a link to a repository of its own, so none of its files is in the commits: take the link out (git rm --cached), and commit its files without its .git, or leave it out; only what .gitmodules names is a submodule`;

/** The link, and those that its commit changes in turn. */
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

function withoutFiles({ own }: GitDirectories, name: string): Nested | undefined {
  const git = join(own, 'modules', name);
  const isBelow = !name.split('/').includes('..');
  return isBelow && existsSync(git) ? { path: name, files: undefined, git } : undefined;
}

/** What the submodule's own repository says of a commit; undefined when it does not have it, or can't be read. */
async function inside(directory: string, { sha, before }: Gitlink) {
  try {
    const refs = readNestedRefs(directory);
    const lender = { objects: refs.objects, head: sha, shallow: join(directory, 'shallow') };
    return await borrowing(lender, async (borrowed) => {
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
    if (error instanceof Error) return undefined; // then its remote is asked
    throw error;
  }
}

async function isThere(borrowed: Borrowed, commit: string): Promise<boolean> {
  const found = await borrowed.git(['cat-file', '--batch-check'], { input: `${commit}\n` });
  return found.startsWith(`${commit} commit `);
}

/** An agent can’t push. The commit is kept in the checkout, from where a person can push it. */
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
  return `${path} is recorded at ${short(sha)}, a commit that is on no remote, so nobody else could check it out: take that out unless the issue needs it; if it does, end stuck and ask a person to push it${command}`;
}
