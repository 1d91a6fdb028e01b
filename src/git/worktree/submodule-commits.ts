import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../command/client.ts';

/** The commits that submodules of a worktree are at, by path. */
export type SubmoduleCommits = ReadonlyMap<string, string>;

/**
 * The commits at which those submodules are that `git status` lists as changed and not staged. git goes into none of them: it
 * reads their HEAD only.
 */
export async function changedSubmodules(
  worktree: string,
  statuses: readonly string[],
): Promise<SubmoduleCommits> {
  const found = new Map<string, string>();
  const paths = statuses.filter((status) => status.startsWith(' M')).map((one) => one.slice(3));
  for (const path of paths) {
    if (!lstatSync(join(worktree, path), { throwIfNoEntry: false })?.isDirectory()) continue;
    const diff = await git(worktree, ['diff', ...PLAIN, '--', `:(top,literal)${path}`]);
    const [, commit] = /^\+Subproject commit ([0-9a-f]{40,64})$/m.exec(diff) ?? [];
    if (commit !== undefined) found.set(path, commit);
  }
  return found;
}

const PLAIN = ['--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', '--submodule=short'];

/** The commits that a worktree's index records for submodules. */
export async function recordedSubmodules(worktree: string): Promise<SubmoduleCommits> {
  const output = await git(worktree, ['ls-files', '--stage', '-z']);
  return new Map(
    output.split('\0').flatMap((line) => {
      const [, commit, path] = /^160000 (\w+) \d\t(.*)$/s.exec(line) ?? [];
      return commit !== undefined && path !== undefined ? [[path, commit] as const] : [];
    }),
  );
}
