import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { git } from '../command/client.ts';
import { short } from '../refs/unpushed.ts';
import { fromText } from '../worktree/byte-paths.ts';
import { copyIndex } from '../worktree/copy-index.ts';
import { copyTree } from '../worktree/copy-tree.ts';
import { withQuarantine } from './quarantine.ts';
import { type NestedRefs, readNestedRefs } from './refs.ts';
import type { Nested } from './repositories.ts';

/** Work in a nested repository that may exist nowhere else. */
export interface NestedWork {
  readonly nested: Nested;
  /** Tips of commits that came from no remote. */
  readonly tips: readonly string[];
  /** Files that are changed or new, and not committed. */
  readonly uncommitted: number;
  /** Why the repository can't be read; empty when it can. */
  readonly unreadable: string;
}

/** How many tips of one repository are reported at most. */
const MOST = 20;

/**
 * Finds unpublished commits and uncommitted files of a nested repository, without running any program that
 * its configuration names.
 * @param published commits that are known to be on a remote
 */
export async function inspectNested(
  nested: Nested,
  published: readonly string[] = [],
): Promise<NestedWork> {
  const nothing = { nested, tips: [], uncommitted: 0, unreadable: '' };
  if (nested.git === undefined)
    return { ...nothing, unreadable: 'its git directory is missing or outside of the worktree' };
  try {
    const refs = readNestedRefs(nested.git);
    const [tips, uncommitted] = [
      await unpublishedTips(nested.git, refs, published),
      await dirty(nested, refs),
    ];
    return { ...nothing, tips, uncommitted };
  } catch (error) {
    return { ...nothing, unreadable: oneLine((error as Error).message, 200) };
  }
}

const lender = (directory: string, { objects, head }: NestedRefs) => ({
  ...{ objects, head },
  shallow: join(directory, 'shallow'),
});

/** Its own tips with commits that came from no remote. A tip that another tip contains is left out. */
async function unpublishedTips(
  directory: string,
  refs: NestedRefs,
  published: readonly string[],
): Promise<string[]> {
  if (refs.own.length === 0) return [];
  return withQuarantine(lender(directory, refs), async ({ git }) => {
    const input = [...refs.own, ...[...refs.fetched, ...published].map((id) => `^${id}`), ''];
    const args = ['rev-list', '--ignore-missing', '--stdin'];
    const commits = await git(args, { input: input.join('\n') });
    const all = new Set(commits.split('\n').filter((id) => id !== ''));
    const tips = refs.own.filter((id) => all.has(id));
    if (tips.length < 2) return tips;
    const alone = await git(['merge-base', '--independent', ...tips.slice(0, MOST)]);
    return alone.split('\n');
  });
}

/** How many files are changed or new, and not committed. */
async function dirty({ files, git: directory }: Nested, refs: NestedRefs): Promise<number> {
  if (files === undefined || directory === undefined) return 0;
  return withQuarantine(lender(directory, refs), async (borrowed) => {
    const index = join(borrowed.directory, 'index');
    if (existsSync(join(directory, 'index'))) await copyIndex(join(directory, 'index'), index);
    const exclude = join(directory, 'info', 'exclude');
    if (existsSync(exclude)) await copyFile(exclude, join(borrowed.directory, 'info', 'exclude'));
    const output = await borrowed.git(
      ['status', '--porcelain=v1', '-z', '--no-renames', '--ignore-submodules=all'],
      { env: { GIT_WORK_TREE: files, GIT_INDEX_FILE: index } },
    );
    // Repositories inside this one are examined separately.
    return output
      .split('\0')
      .filter((line) => line !== '' && !existsSync(join(files, line.slice(3), '.git'))).length;
  });
}

/**
 * Why the nested repository must not be removed, as text for a person; undefined when nothing would be lost.
 */
export function reasonToKeepNested(work: NestedWork): string | undefined {
  const { nested, tips, uncommitted, unreadable } = work;
  const what = [
    ...(tips.length > 0 ? [`commits that are on no remote (${tips.map(short).join(', ')})`] : []),
    ...(uncommitted > 0 ? [`${uncommitted} uncommitted file(s)`] : []),
  ];
  if (unreadable !== '') return `the repository ${nested.path} can’t be read: ${unreadable}`;
  return what.length === 0
    ? undefined
    : `the repository ${nested.path} in it has ${what.join(' and ')}`;
}

/**
 * Imports a nested repository's own commits into the checkout, under `refs/coppice/kept/`. If git can't, its
 * git directory is copied to `keepIn`, if that is given.
 * @returns the refs, or the path of the copy
 */
export async function keepNested(
  location: SessionLocation,
  { nested, tips, unreadable }: NestedWork,
  keepIn: string | undefined,
): Promise<string[]> {
  const { git: directory } = nested;
  if (directory === undefined || (tips.length === 0 && unreadable === '')) return [];
  const name = nested.path.replaceAll(/[^\w-]+/g, '-').replace(/^-+|-+$/g, '') || 'nested';
  try {
    const refs = readNestedRefs(directory);
    await withQuarantine(lender(directory, refs), async (borrowed) => {
      for (const [index, tip] of tips.entries())
        await borrowed.git(['update-ref', `refs/heads/${index}`, tip]);
      const kept = tips.map(
        (tip) => `refs/coppice/kept/issue-${location.issue}-${name}-${short(tip)}`,
      );
      const specs = kept.map((ref, index) => `+refs/heads/${index}:${ref}`);
      await git(location.checkout, [...IMPORT, '--', borrowed.directory, ...specs]);
    });
    if (unreadable === '')
      return tips.map((tip) => `refs/coppice/kept/issue-${location.issue}-${name}-${short(tip)}`);
  } catch {
    // git can't read the repository, so it is copied below.
  }
  if (keepIn === undefined) return [];
  const target = join(keepIn, 'repositories', `${name}-${basename(directory)}`);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await copyTree(fromText(directory), fromText(target), { unlock: true });
  return [target];
}

const IMPORT = [
  ...['-c', 'fetch.fsckObjects=true'],
  ...['fetch', '--quiet', '--no-write-fetch-head', '--no-tags'],
  ...['--no-recurse-submodules', '--no-auto-maintenance', '--update-shallow'],
];
