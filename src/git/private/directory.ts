import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { removeTree } from '../../process/remove-tree.ts';
import {
  type GitDirectories,
  gitFileOf,
  hasPrivateGit,
  privateDirectory,
  sessionDirectory,
  textOf,
  useDirectories,
} from '../command/git-directories.ts';
import { branchRef } from '../refs/refs.ts';
import { fromText } from '../worktree/byte-paths.ts';
import { copyTree } from '../worktree/copy-tree.ts';
import { gitDirectories, repairGitFile } from '../worktree/git-file.ts';
import { refreshRefs, refsOf } from './refs.ts';

/*
 * A session's private git directory is in the checkout's git directory, at `coppice/<name of the
 * worktree>/git`. It has its own HEAD, index, refs, logs and new objects. It reads the checkout's objects as
 * alternates, and includes the checkout's configuration. The worktree's `.git` file names it. The checkout's
 * own record of the worktree (`worktrees/<name>`) stays as `git worktree add` made it, so that `git worktree
 * list` shows the worktree on its branch. Coppice reads nothing that an agent may have written through that
 * record.
 */

/**
 * Files that an agent in a sandbox must not write, because they tell git which configuration and which
 * directories to use.
 */
export const READ_ONLY = ['commondir', 'gitdir', 'config', 'config.worktree', 'info'] as const;

/** Files of the checkout's record that are about the record itself. They are not copied. */
const OF_RECORD = new Set(['commondir', 'gitdir', 'locked']);

/**
 * Makes a private git directory for a session's worktree, if it has none. It gets a copy of the worktree's
 * git data. Nobody may work in the worktree meanwhile. A worktree that already has submodules stays as it is,
 * because their git directories would have to move.
 */
export async function createPrivateGit(location: SessionLocation): Promise<GitDirectories> {
  const found = await gitDirectories(location);
  if (!hasPrivateGit(found)) {
    if (existsSync(join(found.record, 'modules'))) return found;
    await make(location, found);
  }
  const own = privateDirectory(found.record);
  const made = { ...found, common: own, own };
  await repairGitFile(made);
  useDirectories(location.worktree, made);
  return made;
}

async function make({ branch }: SessionLocation, found: GitDirectories): Promise<void> {
  const { record, worktree } = found;
  const top = sessionDirectory(record);
  const draft = `${top}.new`;
  const own = join(draft, 'git');
  await rm(draft, { recursive: true, force: true });
  // An earlier worktree of the same name left this directory. `takeLeftGit` finds it under any name.
  if (existsSync(top)) await rename(top, `${top}.${randomUUID()}`);
  const ref = branchRef(branch);
  for (const name of ['objects/info', dirname(ref), 'info'])
    await mkdir(join(own, name), { recursive: true, mode: 0o700 });
  await copyTree(fromText(record), fromText(own), { except: OF_RECORD });
  const checkout = dirname(dirname(record));
  const texts: Record<string, string> = {
    // git does not need this file. It is here so that an agent can't create one that names another directory.
    commondir: '.\n',
    gitdir: `${join(worktree, '.git')}\n`,
    config: configuration(checkout),
    'config.worktree': textOf(join(record, 'config.worktree')) ?? '',
    // The path is relative to `objects`, so that the repository can be moved.
    'objects/info/alternates': '../../../../objects\n',
  };
  const refs = await refsOf(checkout);
  const line = refs.find((one) => one.endsWith(` ${ref}`));
  if (line !== undefined) texts[ref] = `${line.slice(0, line.indexOf(' '))}\n`;
  for (const [name, text] of Object.entries(texts)) await writeFile(join(own, name), text);
  await writeFile(join(draft, 'head'), `ref: ${ref}\n`);
  await rename(draft, top);
  // From now on Coppice does not read what an agent wrote into the record before.
  await writeFile(`${top}/head.new`, `ref: ${ref}\n`);
  await rename(`${top}/head.new`, join(record, 'HEAD'));
  await refreshPrivateGit({ ...found, own: privateDirectory(record) }, branch, refs);
}

/** Settings that git reads only from a repository's own configuration file, and not from an included one. */
const FORMAT = /^(repositoryformatversion|objectformat|compatobjectformat|partialclone)$/i;

/** The text of the private git directory's configuration file. */
function configuration(checkout: string): string {
  const format: string[] = [];
  let section = '';
  for (const line of (textOf(join(checkout, 'config')) ?? '').split('\n')) {
    section = /^\s*\[\s*([\w.-]+)/.exec(line)?.[1]?.toLowerCase() ?? section;
    const [, name = '', value = ''] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (['core', 'extensions'].includes(section) && FORMAT.test(name))
      format.push(`[${section}]`, `\t${name} = ${value}`);
  }
  return [
    '# Written by Coppice: the configuration is that of the checkout.',
    ...format,
    '[core]',
    `\thooksPath = ${quoted(join(checkout, 'hooks'))}`,
    '[include]',
    '\tpath = ../../../config',
    '\tpath = config.worktree',
    '[core]',
    '\tbare = false',
    '',
  ].join('\n');
}

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Files of the checkout's `info` directory that git reads for every worktree. */
const INFO = ['exclude', 'attributes', 'grafts'];

/**
 * Copies to the private git directory what a person or Coppice has changed in the checkout since: the ignored
 * files, the shallow commits, and refs.
 */
export async function refreshPrivateGit(
  found: GitDirectories,
  branch: string,
  refs?: readonly string[],
): Promise<void> {
  if (!hasPrivateGit(found)) return;
  const checkout = dirname(dirname(found.record));
  for (const name of INFO) {
    const [from, to] = [join(checkout, 'info', name), join(found.own, 'info', name)];
    if (existsSync(from)) await copyFile(from, to);
    else await rm(to, { force: true });
  }
  await refreshShallow(checkout, found);
  await refreshRefs(found, branch, refs ?? (await refsOf(checkout)));
}

/** Copies the list of commits whose parents a shallow clone does not have. */
async function refreshShallow(checkout: string, { own, record }: GitDirectories): Promise<void> {
  const [from, to] = [join(checkout, 'shallow'), join(own, 'shallow')];
  if (!existsSync(from)) return rm(to, { recursive: true, force: true });
  // An agent may have replaced the file by a link, so it is not written through.
  const draft = join(sessionDirectory(record), 'shallow.new');
  await copyFile(from, draft);
  await rename(draft, to);
}

/**
 * The private git directories that belong to worktrees at this path, including worktrees that no longer
 * exist.
 * @param common the checkout's git directory
 */
export async function privateGitsOf(common: string, worktree: string): Promise<GitDirectories[]> {
  const all = join(common, 'coppice');
  const names = existsSync(all) ? readdirSync(all) : [];
  return names.flatMap((name) => {
    const record = join(common, 'worktrees', name);
    const own = privateDirectory(record);
    return gitFileOf(own) === join(worktree, '.git')
      ? [{ worktree, common: own, own, record }]
      : [];
  });
}

/** Removes a session's private git directory, and all that exists only in it. */
export async function removePrivateGit({ record }: GitDirectories): Promise<void> {
  await removeTree(sessionDirectory(record));
}
