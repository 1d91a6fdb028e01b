import { lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';
import { losslessBytes } from '../command/lossless.ts';
import type { Rebase } from '../rebase/step.ts';
import { uncommittedChanges } from './uncommitted-changes.ts';

/**
 * Hides changed files of the baseline during a rebase, because git rebases only a clean worktree. git is told
 * to assume that they are unchanged. If the rebase changes such a file, the rebase's version is used.
 */
export async function assumeUnchanged(
  location: SessionLocation,
  { old, from, tip }: Rebase,
): Promise<void> {
  const { worktree } = location;
  // A rebase leaves submodules where they are.
  const { left } = await uncommittedChanges(location, 'left out');
  if (left.length === 0) return;
  await assume(worktree, '--assume-unchanged', left);
  const moved = await git(worktree, ['diff', '--name-only', '--no-renames', '-z', old, tip], NAMES);
  const own = await git(
    worktree,
    ['log', '--format=', '--name-only', '-z', `${from}..${old}`],
    NAMES,
  );
  const touched = new Set(`${moved}\0${own}`.split(/[\0\n]/));
  for (const path of left) if (touched.has(path)) await rm(fileAt(worktree, path), { force: true });
}

/** The contents of hidden files. */
type HiddenFiles = readonly {
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}[];

/** Reads the hidden files, because git may overwrite them when it returns to a branch. */
export async function readAssumedUnchanged(worktree: string): Promise<HiddenFiles> {
  return (await marked(worktree)).flatMap((path) => {
    const found = lstatSync(fileAt(worktree, path), { throwIfNoEntry: false });
    if (!found?.isFile()) return [];
    return [{ path, mode: found.mode, content: readFileSync(fileAt(worktree, path)) }];
  });
}

/** Makes git see the hidden files again, with their contents, whether the rebase succeeded or not. */
export async function restoreAssumedUnchanged(
  worktree: string,
  before: HiddenFiles,
): Promise<void> {
  const paths = await marked(worktree);
  if (paths.length > 0) await assume(worktree, '--no-assume-unchanged', paths);
  for (const { path, mode, content } of before)
    writeFileSync(fileAt(worktree, path), content, { mode });
}

async function marked(worktree: string): Promise<string[]> {
  const listed = await git(worktree, ['ls-files', '-v', '-z'], NAMES);
  return listed.split('\0').flatMap((line) => (/^[a-z] /.test(line) ? line.slice(2) : []));
}

const assume = (worktree: string, how: string, paths: readonly string[]): Promise<string> =>
  git(worktree, ['update-index', how, '-z', '--stdin'], {
    ...NAMES,
    input: paths.map((path) => `${path}\0`).join(''),
  });

/** File names need not be UTF-8. */
const NAMES = { names: true } as const;

const fileAt = (worktree: string, path: string): Buffer => losslessBytes(join(worktree, path));
