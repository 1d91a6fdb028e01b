import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import { losslessBytes } from '../command/lossless.ts';
import { changeRefs } from '../refs/refs.ts';
import { unchangedFiles } from './as-committed.ts';
import { isDeleted, isUntracked, type Submodules, uncommittedFiles } from './status.ts';
import {
  changedSubmodules,
  recordedSubmodules,
  type SubmoduleCommits,
} from './submodule-commits.ts';

/**
 * The ref of a branch's baseline. The baseline lists uncommitted changes in a worktree that are not an
 * agent's work: files that the checkout itself left changed, for example by line ends of .gitattributes, and
 * files that the person's setup commands wrote. It is stored in the repository, under a ref that no agent in
 * a sandbox can write.
 */
export const baselineRef = (branch: string): string => `refs/coppice/baseline/${branch}`;

const Baseline = z.object({
  /**
   * Whether an agent may have worked in the worktree already. If so, changed files that setup commands find
   * are not theirs.
   */
  begun: z.boolean(),
  /** A description of each file's content, by its path from the top: see `contentOf`. */
  files: z.record(z.string(), z.string()),
});
type Baseline = z.infer<typeof Baseline>;

type Where = Pick<SessionLocation, 'checkout' | 'worktree' | 'branch'>;

/** With more changed files than this, the baseline is empty, and all of them count as work. */
const MOST = 5_000;

/** Files larger than this, in bytes, always count as work. */
const LARGEST = 16 * 1024 * 1024;

/**
 * Stores all uncommitted changes as the baseline. It is called before an agent has worked in the worktree.
 * @param begun whether an agent may work in it from now on
 */
export async function recordBaseline(location: Where, begun: boolean): Promise<void> {
  await save(location, {
    begun,
    files: await hashed(location, await uncommittedFiles(location.worktree)),
  });
}

/**
 * Stores the commits of the submodules in the baseline before Coppice moves the branch. A submodule stays at its commit then,
 * although the branch may record another one afterwards; that is not an agent's work.
 */
export async function noteSubmodules(location: Where): Promise<void> {
  const recorded = await recordedSubmodules(location.worktree);
  if (recorded.size === 0) return;
  const { own, all } = await uncommittedChanges(location);
  const moved = new Set([...own.map(pathOf), ...all]);
  const known = await readBaseline(location);
  const there = [...recorded].filter(([path]) => !moved.has(path));
  const files = Object.fromEntries(there.map(([path, commit]) => [path, atCommit(commit)]));
  await save(location, { begun: true, ...known, files: { ...known?.files, ...files } });
}

/**
 * Stores the baseline again after Coppice checked out all tracked files. Tracked files that are changed then
 * are not an agent's work.
 */
export async function renewBaseline(location: Where): Promise<void> {
  const { own, all } = await uncommittedChanges(location);
  if (own.length + all.length === 0 && !(await readBaseline(location))) return;
  const found = await uncommittedFiles(location.worktree);
  const submodules = await changedSubmodules(location.worktree, own);
  const agents = new Set(own.filter((one) => isUntracked(one) || submodules.has(pathOf(one))));
  const files = await hashed(
    location,
    found.filter((status) => !agents.has(status)),
  );
  await save(location, { begun: true, files });
}

/**
 * Runs setup commands. What they change goes into the baseline. What an agent had changed before stays its
 * work.
 */
export async function runSetupCommands<T>(location: Where, run: () => Promise<T>): Promise<T> {
  const before = await readBaseline(location);
  const fresh = before?.begun === false;
  const own = new Set(fresh ? [] : (await agentChanges(location)).map(pathOf));
  const result = await run();
  const after = await uncommittedFiles(location.worktree);
  const files = await hashed(
    location,
    after.filter((status) => !own.has(pathOf(status))),
  );
  await save(location, { begun: true, files });
  return result;
}

/** Records that an agent may work in the worktree from now on. */
export async function closeBaseline(location: Where): Promise<void> {
  const known = await readBaseline(location);
  if (known?.begun === false) await save(location, { ...known, begun: true });
}

/** Uncommitted changes of a worktree without those of the baseline, in the format of `git status`. */
export const agentChanges = async (location: Where, submodules?: Submodules): Promise<string[]> =>
  (await uncommittedChanges(location, submodules)).own;

/** The uncommitted changes of a worktree. */
export interface Changes {
  /** Changes that are work, in the format of `git status`. */
  readonly own: readonly string[];
  /** Paths of tracked files whose changes are in the baseline. */
  readonly left: readonly string[];
  /** Paths of all files whose changes are in the baseline, or that only look changed. */
  readonly all: readonly string[];
}

export async function uncommittedChanges(
  location: Where,
  submodules?: Submodules,
): Promise<Changes & { own: string[] }> {
  const found = await uncommittedFiles(location.worktree, submodules);
  if (found.length === 0) return { own: [], left: [], all: [] };
  const files: Record<string, string> = (await readBaseline(location))?.files ?? {};
  const commits = await changedSubmodules(location.worktree, found);
  const isLeft = (status: string) =>
    isUnstaged(status) &&
    files[pathOf(status)] !== undefined &&
    files[pathOf(status)] === contentOf(location, status, commits);
  const open = found.filter((status) => !isLeft(status));
  const same = await unchangedFiles(location.worktree, open);
  const own = open.filter((status) => !same.has(pathOf(status)));
  const others = found.filter((status) => !own.includes(status));
  return {
    own,
    left: others.filter((status) => !status.startsWith('??')).map(pathOf),
    all: others.map(pathOf),
  };
}

/** In `XY path`, X is the state of the index. Coppice does not change the index. */
const isUnstaged = (status: string): boolean => /^( .|\?\?)/.test(status);

const pathOf = (status: string): string => status.slice(3);

async function hashed(
  location: Where,
  statuses: readonly string[],
): Promise<Record<string, string>> {
  const unstaged = statuses.filter(isUnstaged);
  if (unstaged.length > MOST) return {};
  const commits = await changedSubmodules(location.worktree, unstaged);
  return Object.fromEntries(
    unstaged.flatMap((status) => {
      const content = contentOf(location, status, commits);
      return content === undefined ? [] : [[pathOf(status), content]];
    }),
  );
}

const atCommit = (commit: string): string => `commit ${commit}`;

/** The commits of the submodules that are in the baseline, by path. */
export async function submodulesInBaseline(location: Where): Promise<SubmoduleCommits> {
  const files = Object.entries((await readBaseline(location))?.files ?? {});
  return new Map(
    files.flatMap(([path, content]) => {
      const [, commit] = /^commit (\w+)$/.exec(content) ?? [];
      return commit === undefined ? [] : [[path, commit] as const];
    }),
  );
}

/**
 * Describes a file's content, or the commit of a submodule, as text that can be compared; undefined for anything but these and
 * links, and for a file that is too large. Links are not followed.
 */
function contentOf(
  { worktree }: Where,
  status: string,
  commits: SubmoduleCommits,
): string | undefined {
  const commit = commits.get(pathOf(status));
  if (commit !== undefined) return atCommit(commit);
  const path = losslessBytes(join(worktree, pathOf(status)));
  const found = lstat(path);
  if (!found) return isDeleted(status) ? 'gone' : undefined;
  if (found.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (!found.isFile() || found.size > LARGEST) return undefined;
  const executable = (found.mode & 0o100) === 0 ? '' : 'x';
  return `file${executable} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}

const lstat = (path: string | Buffer) => lstatSync(path, { throwIfNoEntry: false });

async function readBaseline({ checkout, branch }: Where): Promise<Baseline | undefined> {
  const id = await objectAt(checkout, baselineRef(branch));
  if (id === undefined) return undefined;
  const text = await git(checkout, ['cat-file', 'blob', id]);
  // An agent without a sandbox can write objects of the checkout. An object that was replaced does not match
  // its id.
  const name = await git(checkout, ['hash-object', '--stdin'], { input: text });
  return name === id ? Baseline.parse(JSON.parse(text)) : undefined;
}

async function save({ checkout, branch }: Where, baseline: Baseline): Promise<void> {
  const input = JSON.stringify(baseline);
  const to = await git(checkout, ['hash-object', '-w', '--stdin'], { input });
  const ref = baselineRef(branch);
  const from = await objectAt(checkout, ref);
  if (from !== to) await changeRefs(checkout, [{ ref, from, to }]);
}

/** The object to which a ref points, which need not be a commit; undefined when there is no such ref. */
async function objectAt(checkout: string, ref: string): Promise<string | undefined> {
  try {
    return await git(checkout, ['rev-parse', '--verify', '--quiet', ref]);
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** Forgets the baseline of a branch that is gone. */
export async function removeBaseline({ checkout, branch }: Where): Promise<void> {
  const ref = baselineRef(branch);
  const from = await objectAt(checkout, ref);
  if (from !== undefined) await changeRefs(checkout, [{ ref, from, to: undefined }]);
}
