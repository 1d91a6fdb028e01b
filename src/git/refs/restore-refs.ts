import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { commonDirectory } from '../command/directories.ts';
import { GitFailure } from '../command/failure.ts';
import { gitDirectories } from '../worktree/git-file.ts';
import { listWorktrees } from '../worktree/worktrees.ts';
import { changesSince, expectedValues, type LoggedChange, logChanges } from './change-log.ts';
import { type RefRecord, readRefs } from './ref-record.ts';
import { branchRef, changeRefs, objectAt } from './refs.ts';
import { keepTips } from './unpushed.ts';

/** Which refs a turn can change. In the sandbox, only branches can be written. */
export type RefScope = 'branches' | 'everything';

/**
 * Restores every ref that an agent moved or deleted since `before`, except the session's own branch. A ref
 * stays as it is when Coppice wrote down the change, when another worktree moved it, or when it followed its
 * remote. The value that the agent gave it is kept under `refs/coppice/kept/`. New branches and tags stay,
 * because they take nothing away. Branches that were renamed, or deleted after a merge, stay too.
 * @param left whether a branch may be gone, because its session ended meanwhile
 * @returns what was restored, as text for a person
 */
export async function restoreRefs(
  location: SessionLocation,
  before: RefRecord,
  scope: RefScope,
  left: (branch: string) => boolean,
): Promise<string[]> {
  const { checkout, branch } = location;
  const now = await readRefs(checkout);
  const changes = await changesSince(checkout, before.at);
  const told: string[] = [];
  for (const [ref, was] of Object.entries(before.refs)) {
    const to = now.refs[ref];
    const own = expectedValues(changes, ref, was);
    if (own.includes(to)) continue;
    // Coppice may have moved the ref before somebody else did.
    const from = own.findLast((value) => value !== undefined) ?? was;
    const name = ref.replace(/^refs\/heads\//, '');
    const isBranch = name !== ref;
    if (ref === branchRef(branch) || (scope === 'branches' && !isBranch)) continue;
    if (to === undefined && isBranch && left(name)) continue;
    if (to === undefined && isBranch && (await tookNothing(location, name, from))) continue;
    if (to !== undefined && isBranch && (await wasOthers(location, name, to))) continue;
    if (await restore(location, ref, from, to))
      told.push(`${ref}, which was ${to === undefined ? 'deleted' : 'moved'}`);
  }
  return scope === 'branches'
    ? told
    : [...told, ...(await restoreStash(location, before, now, changes))];
}

/**
 * Whether another worktree was at the commit, on this branch, on another one or on none, or the branch
 * followed its remote.
 */
async function wasOthers(location: SessionLocation, branch: string, to: string): Promise<boolean> {
  const { checkout, remote } = location;
  const worktrees = await listWorktrees(checkout);
  const common = await commonDirectory(checkout);
  const { record } = await gitDirectories(location);
  const main = join(common, 'logs', 'HEAD');
  // If a worktree has the branch checked out, only that worktree moves it.
  const at = worktrees.findIndex((worktree) => worktree.branch === branch);
  if (at === 0) return wentTo(main, to);
  const path = worktrees[at]?.path;
  if (path !== undefined) {
    const directories = await gitDirectories({ checkout, worktree: path });
    return wentTo(join(directories.record, 'logs', 'HEAD'), to);
  }
  if ((await objectAt(checkout, `refs/remotes/${remote}/${branch}`)) === to) return true;
  const all = join(common, 'worktrees');
  const linked = (existsSync(all) ? readdirSync(all) : []).map((name) => join(all, name));
  return [
    main,
    ...linked.filter((one) => one !== record).map((one) => join(one, 'logs', 'HEAD')),
  ].some((log) => wentTo(log, to));
}

/**
 * Whether nothing was lost when a branch was deleted: its commits are on other branches, and nobody had it
 * checked out.
 */
async function tookNothing(
  { checkout }: SessionLocation,
  branch: string,
  was: string,
): Promise<boolean> {
  if ((await listWorktrees(checkout)).some((worktree) => worktree.branch === branch)) return false;
  const others = ['--branches', '--remotes'];
  return (await git(checkout, ['rev-list', '--max-count=1', was, '--not', ...others])) === '';
}

/** Whether a reflog of a HEAD contains the commit. */
function wentTo(log: string, commit: string): boolean {
  if (!existsSync(log)) return false;
  return readFileSync(log, 'utf8')
    .split('\n')
    .some((line) => line.split(' ', 2)[1] === commit);
}

/**
 * Moves a ref back.
 * @returns false when somebody moved it at the same moment
 */
async function restore(
  location: SessionLocation,
  ref: string,
  from: string,
  to: string | undefined,
): Promise<boolean> {
  if (to !== undefined) await keepTips(location, [to]);
  try {
    await changeRefs(location.checkout, [{ ref, from: to, to: from }]);
    return true;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    return false;
  }
}

/**
 * Stores stashes again that were popped. Stashes of the session's own worktree are dropped, and their commits
 * kept. Worktrees share one stash.
 */
async function restoreStash(
  location: SessionLocation,
  before: RefRecord,
  now: RefRecord,
  changes: readonly LoggedChange[],
): Promise<string[]> {
  const { checkout, branch } = location;
  const known = new Set(before.stash.map(({ id }) => id));
  const there = new Set(now.stash.map(({ id }) => id));
  const own = now.stash.filter(
    ({ id, subject }) =>
      !known.has(id) && [`WIP on ${branch}:`, `On ${branch}:`].some((on) => subject.startsWith(on)),
  );
  const dropped = new Set(changes.flatMap(({ ref, from }) => (ref === STASH ? [from] : [])));
  const gone = before.stash.filter(({ id }) => !there.has(id) && !dropped.has(id));
  await keepTips(
    location,
    own.map(({ id }) => id),
  );
  for (const { id } of own) await drop(checkout, id);
  for (const { id, subject } of gone.toReversed())
    await git(checkout, ['stash', 'store', '--quiet', '-m', subject, id]);
  return [
    ...gone.map(({ subject }) => `the stash “${subject}”, which was taken`),
    ...own.map(({ subject }) => `the stash, which had “${subject}” added`),
  ];
}

const STASH = 'refs/stash';

async function drop(checkout: string, id: string): Promise<void> {
  const { stash } = await readRefs(checkout);
  const index = stash.findIndex((entry) => entry.id === id);
  if (index < 0) return;
  await logChanges(checkout, [{ ref: STASH, from: id, to: undefined }]);
  await git(checkout, ['stash', 'drop', '--quiet', `stash@{${index}}`]);
}
