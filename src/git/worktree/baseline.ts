import { type BaselineOf, readBaseline, saveBaseline } from './baseline-record.ts';
import { atCommit, contentsOf, pathOf } from './file-content.ts';
import { isUntracked, uncommittedFiles } from './status.ts';
import {
  changedSubmodules,
  recordedSubmodules,
  type SubmoduleCommits,
} from './submodule-commits.ts';
import { agentChanges, uncommittedChanges } from './uncommitted-changes.ts';

/**
 * Stores all uncommitted changes as the baseline. It is called before an agent has worked in the worktree.
 * @param begun whether an agent may work in it from now on
 */
export async function recordBaseline(location: BaselineOf, begun: boolean): Promise<void> {
  await saveBaseline(location, {
    begun,
    files: await contentsOf(location, await uncommittedFiles(location.worktree)),
  });
}

/**
 * Stores the commits of the submodules in the baseline before Coppice moves the branch. A submodule stays at its commit then,
 * although the branch may record another one afterwards; that is not an agent's work.
 */
export async function noteSubmodules(location: BaselineOf): Promise<void> {
  const recorded = await recordedSubmodules(location.worktree);
  if (recorded.size === 0) return;
  const { own, all } = await uncommittedChanges(location);
  const moved = new Set([...own.map(pathOf), ...all]);
  const known = await readBaseline(location);
  const there = [...recorded].filter(([path]) => !moved.has(path));
  const files = Object.fromEntries(there.map(([path, commit]) => [path, atCommit(commit)]));
  await saveBaseline(location, { begun: true, ...known, files: { ...known?.files, ...files } });
}

/**
 * Stores the baseline again after Coppice checked out all tracked files. Tracked files that are changed then
 * are not an agent's work.
 */
export async function renewBaseline(location: BaselineOf): Promise<void> {
  const { own, all } = await uncommittedChanges(location);
  if (own.length + all.length === 0 && !(await readBaseline(location))) return;
  const found = await uncommittedFiles(location.worktree);
  const submodules = await changedSubmodules(location.worktree, own);
  const agents = new Set(own.filter((one) => isUntracked(one) || submodules.has(pathOf(one))));
  const files = await contentsOf(
    location,
    found.filter((status) => !agents.has(status)),
  );
  await saveBaseline(location, { begun: true, files });
}

/**
 * Runs setup commands. What they change goes into the baseline. What an agent had changed before stays its
 * work.
 */
export async function runSetupCommands<T>(location: BaselineOf, run: () => Promise<T>): Promise<T> {
  const before = await readBaseline(location);
  const fresh = before?.begun === false;
  const own = new Set(fresh ? [] : (await agentChanges(location)).map(pathOf));
  const result = await run();
  const after = await uncommittedFiles(location.worktree);
  const files = await contentsOf(
    location,
    after.filter((status) => !own.has(pathOf(status))),
  );
  await saveBaseline(location, { begun: true, files });
  return result;
}

/** Records that an agent may work in the worktree from now on. */
export async function closeBaseline(location: BaselineOf): Promise<void> {
  const known = await readBaseline(location);
  if (known?.begun === false) await saveBaseline(location, { ...known, begun: true });
}

/** The commits of the submodules that are in the baseline, by path. */
export async function submodulesInBaseline(location: BaselineOf): Promise<SubmoduleCommits> {
  const files = Object.entries((await readBaseline(location))?.files ?? {});
  return new Map(
    files.flatMap(([path, content]) => {
      const [, commit] = /^commit (\w+)$/.exec(content) ?? [];
      return commit === undefined ? [] : [[path, commit] as const];
    }),
  );
}
