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
import { borrowing } from './borrowed.ts';
import { type NestedRefs, readNestedRefs } from './refs.ts';
import type { Nested } from './repositories.ts';

/** What a nested repository has that may be nowhere else. */
export interface NestedWork {
  readonly nested: Nested;
  /** Tips of commits that came from no remote. */
  readonly tips: readonly string[];
  /** Files that are changed or new, and not committed. */
  readonly uncommitted: number;
  /** Why it can't be looked at; empty when it can. */
  readonly unreadable: string;
}

/** As many tips as are told of one repository. */
const MOST = 20;

/**
 * Looks at a nested repository without running anything that its own configuration says.
 * @param published commits that are known to be on a remote
 */
export async function lookAtNested(
  nested: Nested,
  published: readonly string[] = [],
): Promise<NestedWork> {
  const nothing = { nested, tips: [], uncommitted: 0, unreadable: '' };
  if (nested.git === undefined)
    return { ...nothing, unreadable: 'its git directory can’t be followed' };
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

/** The tips of its own from which there are commits that came from no remote, without those that others include. */
async function unpublishedTips(
  directory: string,
  refs: NestedRefs,
  published: readonly string[],
): Promise<string[]> {
  if (refs.own.length === 0) return [];
  return borrowing(lender(directory, refs), async ({ git }) => {
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

/** How many of its files are changed or new. */
async function dirty({ files, git: directory }: Nested, refs: NestedRefs): Promise<number> {
  if (files === undefined || directory === undefined) return 0;
  return borrowing(lender(directory, refs), async (borrowed) => {
    const index = join(borrowed.directory, 'index');
    if (existsSync(join(directory, 'index'))) await copyIndex(join(directory, 'index'), index);
    const exclude = join(directory, 'info', 'exclude');
    if (existsSync(exclude)) await copyFile(exclude, join(borrowed.directory, 'info', 'exclude'));
    const output = await borrowed.git(
      ['status', '--porcelain=v1', '-z', '--no-renames', '--ignore-submodules=all'],
      { env: { GIT_WORK_TREE: files, GIT_INDEX_FILE: index } },
    );
    // A repository in it is looked at by itself.
    return output
      .split('\0')
      .filter((line) => line !== '' && !existsSync(join(files, line.slice(3), '.git'))).length;
  });
}

/** Why the nested repository must be kept, in words; undefined when nothing would be lost. */
export function objectionToLosing(work: NestedWork): string | undefined {
  const { nested, tips, uncommitted, unreadable } = work;
  const what = [
    ...(tips.length > 0 ? [`commits that are on no remote (${tips.map(short).join(', ')})`] : []),
    ...(uncommitted > 0 ? [`${uncommitted} uncommitted file(s)`] : []),
  ];
  if (unreadable !== '') return `the repository ${nested.path} can’t be looked at: ${unreadable}`;
  return what.length === 0
    ? undefined
    : `the repository ${nested.path} in it has ${what.join(' and ')}`;
}

/**
 * Brings a nested repository's own commits into the checkout, under `refs/coppice/kept/`. Where git can't, its git
 * directory is copied into `keepIn`, if that is given. @returns where they are
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
    await borrowing(lender(directory, refs), async (borrowed) => {
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
    // What git can't read is kept as it is.
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
