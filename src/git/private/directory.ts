import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import {
  type GitDirectories,
  isPrivate,
  makeExplicit,
  pointsAt,
  privateDirectory,
  sessionDirectory,
  textOf,
} from '../command/explicit.ts';
import { branchRef } from '../refs/refs.ts';
import { gitDirectories, leadTo } from '../remote/pointers.ts';
import { fromText } from '../worktree/byte-paths.ts';
import { copyTree } from '../worktree/copy-tree.ts';
import { refsOf, renewRefs } from './refs.ts';

/*
 * A session's private git directory lies in the checkout's, in `coppice/<name of the worktree>/git`. It has its own HEAD,
 * index, refs, logs and new objects, reads the checkout's objects as alternates, and includes the checkout's configuration.
 * The worktree's `.git` file leads to it. The checkout's own record of the worktree stays as `git worktree add` made it, so
 * that the worktree is listed on its branch; nothing that an agent may write is read through it.
 */

/** Files that an agent in a sandbox must not write: they say which configuration and which directories git uses. */
export const GUARDED = ['commondir', 'gitdir', 'config', 'config.worktree', 'info'] as const;

/** Files of the checkout's record that mean the record itself. */
const OF_RECORD = new Set(['commondir', 'gitdir', 'locked']);

/**
 * Gives a session's worktree a private git directory, with what its git knows so far. Nobody may work in the worktree
 * meanwhile. A worktree that already has submodules stays as it is: their own directories would have to move.
 */
export async function givePrivateGit(location: SessionLocation): Promise<GitDirectories> {
  const found = await gitDirectories(location);
  if (!isPrivate(found)) {
    if (existsSync(join(found.record, 'modules'))) return found;
    await make(location, found);
  }
  const own = privateDirectory(found.record);
  const made = { ...found, common: own, own };
  await leadTo(made);
  makeExplicit(location.worktree, made);
  return made;
}

async function make({ branch }: SessionLocation, found: GitDirectories): Promise<void> {
  const { record, worktree } = found;
  const top = sessionDirectory(record);
  const draft = `${top}.new`;
  const own = join(draft, 'git');
  await rm(draft, { recursive: true, force: true });
  // Of a worktree of the same name that is gone: `takeLeftGit` finds it under any name.
  if (existsSync(top)) await rename(top, `${top}.${randomUUID()}`);
  const ref = branchRef(branch);
  for (const name of ['objects/info', dirname(ref), 'info'])
    await mkdir(join(own, name), { recursive: true, mode: 0o700 });
  await copyTree(fromText(record), fromText(own), { except: OF_RECORD });
  const checkout = dirname(dirname(record));
  const texts: Record<string, string> = {
    // Not needed, but in the place where one that leads elsewhere would be.
    commondir: '.\n',
    gitdir: `${join(worktree, '.git')}\n`,
    config: configuration(checkout),
    'config.worktree': textOf(join(record, 'config.worktree')) ?? '',
    // Relative to `objects`, so that the repository can be moved.
    'objects/info/alternates': '../../../../objects\n',
  };
  const refs = await refsOf(checkout);
  const line = refs.find((one) => one.endsWith(` ${ref}`));
  if (line !== undefined) texts[ref] = `${line.slice(0, line.indexOf(' '))}\n`;
  for (const [name, text] of Object.entries(texts)) await writeFile(join(own, name), text);
  await writeFile(join(draft, 'head'), `ref: ${ref}\n`);
  await rename(draft, top);
  // What an agent wrote there before is not looked at any more.
  await writeFile(`${top}/head.new`, `ref: ${ref}\n`);
  await rename(`${top}/head.new`, join(record, 'HEAD'));
  await renew({ ...found, own: privateDirectory(record) }, branch, refs);
}

/** What git reads of a repository's own file only, without what that includes. */
const FORMAT = /^(repositoryformatversion|objectformat|compatobjectformat|partialclone)$/i;

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

/** What of the checkout's directory `info` git reads for every worktree. */
const INFO = ['exclude', 'attributes', 'grafts'];

/** Brings over what a person, or Coppice, changed in the checkout since: what is ignored, and refs. */
export async function renew(
  found: GitDirectories,
  branch: string,
  refs?: readonly string[],
): Promise<void> {
  if (!isPrivate(found)) return;
  const checkout = dirname(dirname(found.record));
  for (const name of INFO) {
    const [from, to] = [join(checkout, 'info', name), join(found.own, 'info', name)];
    if (existsSync(from)) await copyFile(from, to);
    else await rm(to, { force: true });
  }
  await renewShallow(checkout, found);
  await renewRefs(found, branch, refs ?? (await refsOf(checkout)));
}

/** Of a shallow clone: the commits whose parents it does not have. */
async function renewShallow(checkout: string, { own, record }: GitDirectories): Promise<void> {
  const [from, to] = [join(checkout, 'shallow'), join(own, 'shallow')];
  if (!existsSync(from)) return rm(to, { recursive: true, force: true });
  // An agent may have made a link of it.
  const draft = join(sessionDirectory(record), 'shallow.new');
  await copyFile(from, draft);
  await rename(draft, to);
}

/** The private git directories in a checkout of worktrees at this path, whether the worktree is still there or not. */
export async function privateOf(common: string, worktree: string): Promise<GitDirectories[]> {
  const all = join(common, 'coppice');
  const names = existsSync(all) ? readdirSync(all) : [];
  return names.flatMap((name) => {
    const record = join(common, 'worktrees', name);
    const own = privateDirectory(record);
    return pointsAt(own) === join(worktree, '.git') ? [{ worktree, common: own, own, record }] : [];
  });
}

/** Removes a session's private git directory with all that is only in it. */
export async function forgetPrivateGit({ record }: GitDirectories): Promise<void> {
  await rm(sessionDirectory(record), { recursive: true, force: true });
}
