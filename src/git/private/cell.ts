import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cellOf,
  type GitDirectories,
  isPrivate,
  sessionDirectory,
  temporaryOf,
} from '../command/explicit.ts';
import { reachOf } from './reach.ts';

/** What a sandboxed program finds of the machine. */
interface Found {
  /** Absolute paths that it may read. */
  readonly readable: readonly string[];
  /** Of these, paths that stay closed. */
  readonly hidden: readonly string[];
  /** The person's git configuration, as far as it is the program's to see. */
  readonly gitconfig: string;
}

/**
 * From now on git over a session's worktree runs in a sandbox without network, which has of the machine what its agent's has:
 * it writes in the worktree and its private git directory only. So whatever the agent has it run there runs in there.
 * @param open undefined when the agent runs without a sandbox, and so does git
 */
export async function confineGit(found: GitDirectories, open: Found | undefined): Promise<void> {
  if (!isPrivate(found)) return;
  const cell = cellOf(found.record);
  if (!open) return rm(cell, { force: true });
  const text = process.platform === 'darwin' ? seatbelt(found, open) : bubblewrap(found, open);
  await mkdir(temporaryOf(found.record), { recursive: true, mode: 0o700 });
  await renew(gitconfigOf(found), open.gitconfig);
  await renew(cell, text);
}

/** Replaced whole: git may be about to run. */
async function renew(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return;
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

const gitconfigOf = ({ record }: GitDirectories): string =>
  join(sessionDirectory(record), 'gitconfig');

const writable = (found: GitDirectories): string[] => [
  found.worktree,
  ...reachOf(found).write,
  temporaryOf(found.record),
];

const word = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const environment = (found: GitDirectories): string[] => [
  '#!/bin/sh',
  '# Written by Coppice: git over the worktree of a session whose agent runs in a sandbox.',
  `export TMPDIR=${word(temporaryOf(found.record))} GIT_CONFIG_GLOBAL=${word(gitconfigOf(found))}`,
];

/** It starts from nothing, and later mounts go over earlier ones. */
function bubblewrap(found: GitDirectories, { readable, hidden }: Found): string {
  const bind = (how: string) => (path: string) => `${how} ${word(path)} ${word(path)}`;
  const { read, keep } = reachOf(found);
  const last = [
    ...[...read, gitconfigOf(found)].map(bind('--ro-bind-try')),
    ...writable(found).map(bind('--bind-try')),
    ...keep.map(bind('--ro-bind-try')),
  ];
  return [
    ...environment(found),
    `set -- ${last.join(' ')} --remount-ro / -- git "$@"`,
    ...hidden.map(hide),
    `set -- ${readable.map(bind('--ro-bind-try')).join(' ')} "$@"`,
    'exec bwrap --die-with-parent --unshare-all --dev /dev --proc /proc "$@"',
    '',
  ].join('\n');
}

/** What is not there is not hidden: nothing can be put in its place. */
const hide = (path: string): string =>
  [
    `at=${word(path)}`,
    '[ ! -L "$at" ] || at=$(readlink -f "$at")',
    'if [ -d "$at" ]; then set -- --tmpfs "$at" "$@"; elif [ -e "$at" ]; then set -- --ro-bind /dev/null "$at" "$@"; fi',
  ].join('; ');

/** Where people's files are: of these, what is open is named. */
const CLOSED = ['/Users', '/Volumes', '/private/tmp', '/private/var/tmp', '/private/var/folders'];

/** Of rules that fit a path the last one counts. */
function seatbelt(found: GitDirectories, { readable, hidden }: Found): string {
  const list = (paths: readonly string[]) =>
    paths.map((path) => `(subpath ${JSON.stringify(path)})`).join(' ');
  const { read, keep } = reachOf(found);
  const own = [...read, gitconfigOf(found), ...writable(found)];
  const profile = [
    '(version 1)(allow default)(deny network*)',
    `(deny file-read* ${list(CLOSED)})(allow file-read-metadata)(allow file-read* ${list(readable)})`,
    ...(hidden.length > 0 ? [`(deny file-read* ${list(hidden)})`] : []),
    `(allow file-read* ${list(own)})`,
    `(deny file-write*)(allow file-write* (subpath "/dev") ${list(writable(found))})`,
    `(deny file-write* ${list(keep)})`,
  ].join('');
  return [...environment(found), `exec sandbox-exec -p ${word(profile)} git "$@"`, ''].join('\n');
}
