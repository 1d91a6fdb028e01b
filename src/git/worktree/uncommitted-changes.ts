import { unchangedFiles } from './as-committed.ts';
import { type BaselineOf, readBaseline } from './baseline-record.ts';
import { contentOf, isUnstaged, pathOf } from './file-content.ts';
import { type Submodules, uncommittedFiles } from './status.ts';
import { changedSubmodules } from './submodule-commits.ts';

/** The uncommitted changes of a worktree. */
interface Changes {
  /** Changes that are work, in the format of `git status`. */
  readonly own: readonly string[];
  /** Paths of tracked files whose changes are in the baseline. */
  readonly left: readonly string[];
  /** Paths of all files whose changes are in the baseline, or that only look changed. */
  readonly all: readonly string[];
}

/** Separates the uncommitted changes of a worktree into work and baseline. */
export async function uncommittedChanges(
  location: BaselineOf,
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

/** Uncommitted changes of a worktree without those of the baseline, in the format of `git status`. */
export const agentChanges = async (
  location: BaselineOf,
  submodules?: Submodules,
): Promise<string[]> => (await uncommittedChanges(location, submodules)).own;
