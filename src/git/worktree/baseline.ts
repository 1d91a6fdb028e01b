import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import { losslessBytes } from '../command/lossless.ts';
import { changeRefs } from '../refs/refs.ts';

import { isDeleted, isUntracked, type Submodules, uncommittedFiles } from './status.ts';

/**
 * What was changed in a worktree and is nobody's work: a file that its checkout left changed, as line ends against
 * .gitattributes do, or that the person's setup commands wrote. It is kept in the repository, under a ref that no sandboxed
 * agent can write.
 */
export const baselineRef = (branch: string): string => `refs/coppice/baseline/${branch}`;

const Baseline = z.object({
  /** Whether an agent may have worked since: what setup commands find changed then is not theirs. */
  begun: z.boolean(),
  /** What each file held, by its path from the top. */
  files: z.record(z.string(), z.string()),
});
type Baseline = z.infer<typeof Baseline>;

type Where = Pick<SessionLocation, 'checkout' | 'worktree' | 'branch'>;

/** More files than this are no baseline: then all of them count as work. */
const MOST = 5_000;

/** Larger files than this always count as work, in bytes. */
const LARGEST = 16 * 1024 * 1024;

/** How many files are compared byte by byte with what is committed. */
const MOST_COMPARED = 500;

/** Takes everything that is uncommitted now as nobody's work: no agent has been here yet. */
export async function takeBaseline(location: Where, begun: boolean): Promise<void> {
  await save(location, {
    begun,
    files: hashed(location, await uncommittedFiles(location.worktree)),
  });
}

/** After Coppice itself checked out every file that git tracks: what is changed among those then is nobody's work. */
export async function renewBaseline(location: Where): Promise<void> {
  const { own, all } = await changes(location);
  if (own.length + all.length === 0 && !(await readBaseline(location))) return;
  const found = await uncommittedFiles(location.worktree);
  const untracked = new Set(own.filter(isUntracked));
  const files = hashed(
    location,
    found.filter((status) => !untracked.has(status)),
  );
  await save(location, { begun: true, files });
}

/** Runs setup commands: what they change is nobody's work, and what an agent had changed before stays its own. */
export async function settingUp<T>(location: Where, run: () => Promise<T>): Promise<T> {
  const before = await readBaseline(location);
  const fresh = before?.begun === false;
  const own = new Set(fresh ? [] : (await ownChanges(location)).map(pathOf));
  const result = await run();
  const after = await uncommittedFiles(location.worktree);
  const files = hashed(
    location,
    after.filter((status) => !own.has(pathOf(status))),
  );
  await save(location, { begun: true, files });
  return result;
}

/** From now on what is uncommitted may be an agent's work. */
export async function closeBaseline(location: Where): Promise<void> {
  const known = await readBaseline(location);
  if (known?.begun === false) await save(location, { ...known, begun: true });
}

/** What is uncommitted in a worktree and is somebody's work, as `git status` writes it. */
export const ownChanges = async (location: Where, submodules?: Submodules): Promise<string[]> =>
  (await changes(location, submodules)).own;

export interface Changes {
  readonly own: readonly string[];
  /** Paths of files that nobody has worked on and that git tracks. */
  readonly left: readonly string[];
  /** Paths of all files that nobody has worked on. */
  readonly all: readonly string[];
}

export async function changes(
  location: Where,
  submodules?: Submodules,
): Promise<Changes & { own: string[] }> {
  const found = await uncommittedFiles(location.worktree, submodules);
  if (found.length === 0) return { own: [], left: [], all: [] };
  const files: Record<string, string> = (await readBaseline(location))?.files ?? {};
  const isLeft = (status: string) =>
    isUnstaged(status) &&
    files[pathOf(status)] !== undefined &&
    files[pathOf(status)] === contentOf(location, status);
  const open = found.filter((status) => !isLeft(status));
  const same = await asCommitted(location.worktree, open);
  const own = open.filter((status) => !same.has(pathOf(status)));
  const others = found.filter((status) => !own.includes(status));
  return {
    own,
    left: others.filter((status) => !status.startsWith('??')).map(pathOf),
    all: others.map(pathOf),
  };
}

/** Files that hold what is committed, byte for byte or as their attributes have it: they only look changed. */
async function asCommitted(worktree: string, statuses: readonly string[]): Promise<Set<string>> {
  const paths = statuses
    .filter((status) => status.startsWith(' M'))
    .map(pathOf)
    // Names that are not UTF-8 can be no arguments: as text they lead nowhere.
    .filter((path) => !path.includes('\n') && lstat(join(worktree, path))?.isFile())
    .slice(0, MOST_COMPARED);
  if (paths.length === 0) return new Set();
  const literal = paths.map((path) => `:(top,literal)${path}`);
  const staged = await git(worktree, ['ls-files', '--stage', '-z', '--', ...literal]);
  const index = new Map(
    staged.split('\0').map((line) => {
      const [mode = '', id = ''] = line.split(/[ \t]/);
      return [line.slice(line.indexOf('\t') + 1), mode.startsWith('100') ? id : ''];
    }),
  );
  const input = [...paths, ''].join('\n');
  const same = new Set<string>();
  for (const filters of [['--no-filters'], []]) {
    const ids = await git(worktree, ['hash-object', ...filters, '--stdin-paths'], { input });
    for (const [at, id] of ids.split('\n').entries()) {
      const path = paths[at];
      if (path !== undefined && index.get(path) === id) same.add(path);
    }
  }
  return same;
}

/** `XY path`: X tells of the index, which Coppice leaves alone. */
const isUnstaged = (status: string): boolean => /^( .|\?\?)/.test(status);

const pathOf = (status: string): string => status.slice(3);

function hashed(location: Where, statuses: readonly string[]): Record<string, string> {
  const unstaged = statuses.filter(isUnstaged);
  if (unstaged.length > MOST) return {};
  return Object.fromEntries(
    unstaged.flatMap((status) => {
      const content = contentOf(location, status);
      return content === undefined ? [] : [[pathOf(status), content]];
    }),
  );
}

/** Names what a file holds; undefined for what is no file and no link, or too large. Links are not followed. */
function contentOf({ worktree }: Where, status: string): string | undefined {
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
  // Objects are shared with the agents: one that was replaced does not have its name any more.
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

/** Of a ref that need not be a commit's. */
async function objectAt(checkout: string, ref: string): Promise<string | undefined> {
  try {
    return await git(checkout, ['rev-parse', '--verify', '--quiet', ref]);
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** Forgets the baseline of a branch that is gone. */
export async function forgetBaseline({ checkout, branch }: Where): Promise<void> {
  const ref = baselineRef(branch);
  const from = await objectAt(checkout, ref);
  if (from !== undefined) await changeRefs(checkout, [{ ref, from, to: undefined }]);
}
