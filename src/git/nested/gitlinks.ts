import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gitDirectory } from '../command/directories.ts';
import { GitFailure } from '../command/failure.ts';
import type { GitDirectories } from '../command/git-directories.ts';
import { recordedSubmodules } from '../worktree/submodule-commits.ts';
import { nestedIn } from './repositories.ts';
import { inspectNested } from './work.ts';

/** A tree entry that names a commit of another repository (mode 160000). */
export interface Gitlink {
  readonly path: string;
  /** The id of that commit. */
  readonly sha: string;
  /** The commit that the link named before; undefined for a new link. */
  readonly before: string | undefined;
}

/** Runs git in a repository that has the commits, and returns the output. */
type Run = (args: readonly string[]) => Promise<string>;

const GITLINK = '160000';

/** Paths of the submodules of a worktree that have uncommitted changes. */
export async function dirtySubmodules(worktree: string): Promise<string[]> {
  const links = await recordedSubmodules(worktree);
  if (links.size === 0) return [];
  const own = await gitDirectory(worktree);
  const dirty: string[] = [];
  for (const path of links.keys()) {
    const nested = nestedIn({ worktree, own }, path);
    if (nested?.git !== undefined && (await inspectNested(nested)).uncommitted > 0)
      dirty.push(path);
  }
  return dirty;
}

/**
 * Whether git regards the worktree as one with submodules. git removes such a worktree only with `--force`.
 */
export async function hasSubmodules({ worktree, own }: GitDirectories): Promise<boolean> {
  return existsSync(join(own, 'modules')) || (await recordedSubmodules(worktree)).size > 0;
}

/**
 * The gitlinks that are new in `to`, or that name another commit there than in `from`. Without `from`, all
 * gitlinks of `to`.
 */
export async function changedGitlinks(
  run: Run,
  from: string | undefined,
  to: string,
): Promise<Gitlink[]> {
  if (from === undefined) {
    const all = await run(['ls-tree', '-r', '-z', to]);
    return all.split('\0').flatMap((line) => {
      const [, mode, sha, path] = /^(\d+) commit (\w+)\t(.*)$/s.exec(line) ?? [];
      return mode === GITLINK && sha && path !== undefined
        ? [{ path, sha, before: undefined }]
        : [];
    });
  }
  const raw = await run([
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-abbrev',
    '--no-renames',
    from,
    to,
  ]);
  const fields = raw.split('\0');
  const links: Gitlink[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [old, mode, before, sha] = (fields[index] ?? '').slice(1).split(' ');
    if (mode === GITLINK && sha !== undefined)
      links.push({
        path: fields[index + 1] ?? '',
        sha,
        before: old === GITLINK ? before : undefined,
      });
  }
  return links;
}

/** An entry of `.gitmodules`. */
export interface Submodule {
  readonly name: string;
  readonly url: string;
}

/** The settings that `git config` prints; an empty text when there are none or the file can't be parsed. */
async function settingsOf(run: Run, args: readonly string[]): Promise<string> {
  try {
    return await run(args);
  } catch (error) {
    if (error instanceof GitFailure) return '';
    throw error;
  }
}

/** The submodules that the `.gitmodules` file of a commit names, by path. */
export async function submodulesOf(run: Run, commit: string): Promise<Map<string, Submodule>> {
  const file = await run(['ls-tree', '-z', commit, '--', '.gitmodules']);
  if (!/^100\d+ blob /.test(file)) return new Map();
  const pattern = '^submodule\\..*\\.(path|url)$';
  const args = ['config', '--blob', `${commit}:.gitmodules`, '-z', '--get-regexp', pattern];
  const output = await settingsOf(run, args);
  const found = new Map<string, { path?: string; url?: string }>();
  for (const entry of output.split('\0')) {
    const [, name, key, value] = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(entry) ?? [];
    if (name !== undefined && key !== undefined)
      found.set(name, { ...found.get(name), [key]: value });
  }
  return new Map(
    [...found].flatMap(([name, { path, url = '' }]) =>
      path ? [[path, { name, url }] as const] : [],
    ),
  );
}
