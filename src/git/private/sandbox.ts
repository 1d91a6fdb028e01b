import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellQuote } from '../../process/shell-quote.ts';
import {
  type GitDirectories,
  hasPrivateGit,
  sandboxScriptOf,
  sandboxTemporary,
  sessionDirectory,
} from '../command/git-directories.ts';
import { gitAccessOf } from './access.ts';

/** What a program in the sandbox can see of this machine. */
interface Found {
  /** Absolute paths that it may read. */
  readonly readable: readonly string[];
  /** Paths below the readable ones that it may not read. */
  readonly hidden: readonly string[];
  /** The text of the git configuration that the program gets in place of the person's. */
  readonly gitconfig: string;
}

/**
 * Makes git run in a sandbox when it works in a session's worktree. The sandbox has no network. It can read
 * what the agent's sandbox can read, and it can write only in the worktree and in its private git directory.
 * So a program that the agent makes git start, such as a filter, runs inside this sandbox too.
 * @param open what the sandbox can read; undefined when the agent runs without a sandbox, and then git does
 *   so too
 */
export async function sandboxGit(found: GitDirectories, open: Found | undefined): Promise<void> {
  if (!hasPrivateGit(found)) return;
  const script = sandboxScriptOf(found.record);
  if (!open) return rm(script, { force: true });
  const text = process.platform === 'darwin' ? seatbelt(found, open) : bubblewrap(found, open);
  await mkdir(sandboxTemporary(found.record), { recursive: true, mode: 0o700 });
  await renew(gitconfigOf(found), open.gitconfig);
  await renew(script, text);
}

/** Replaces the file in one step, because git may start at any moment. */
async function renew(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return;
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

const gitconfigOf = ({ record }: GitDirectories): string =>
  join(sessionDirectory(record), 'gitconfig');

const writable = (found: GitDirectories): string[] => [
  found.worktree,
  ...gitAccessOf(found).write,
  sandboxTemporary(found.record),
];

const environment = (found: GitDirectories): string[] => [
  '#!/bin/sh',
  '# Written by Coppice: git over the worktree of a session whose agent runs in a sandbox.',
  `export TMPDIR=${shellQuote(sandboxTemporary(found.record))} GIT_CONFIG_GLOBAL=${shellQuote(gitconfigOf(found))}`,
];

/**
 * The script for Linux. The sandbox starts empty, and a later mount hides an earlier one at the same path.
 */
function bubblewrap(found: GitDirectories, { readable, hidden }: Found): string {
  const bind = (how: string) => (path: string) => `${how} ${shellQuote(path)} ${shellQuote(path)}`;
  const { read, keep } = gitAccessOf(found);
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

/**
 * Shell code that hides a path. A path that does not exist needs no hiding, because nothing can be created
 * there.
 */
const hide = (path: string): string =>
  [
    `at=${shellQuote(path)}`,
    '[ ! -L "$at" ] || at=$(readlink -f "$at")',
    'if [ -d "$at" ]; then set -- --tmpfs "$at" "$@"; elif [ -e "$at" ]; then set -- --ro-bind /dev/null "$at" "$@"; fi',
  ].join('; ');

/** Directories of people's files on macOS. The sandbox may read only those parts of them that are listed. */
const CLOSED = ['/Users', '/Volumes', '/private/tmp', '/private/var/tmp', '/private/var/folders'];

/** The script for macOS. When several rules match a path, the last one applies. */
function seatbelt(found: GitDirectories, { readable, hidden }: Found): string {
  const list = (paths: readonly string[]) =>
    paths.map((path) => `(subpath ${JSON.stringify(path)})`).join(' ');
  const { read, keep } = gitAccessOf(found);
  const own = [...read, gitconfigOf(found), ...writable(found)];
  const profile = [
    '(version 1)(allow default)(deny network*)',
    `(deny file-read* ${list(CLOSED)})(allow file-read-metadata)(allow file-read* ${list(readable)})`,
    ...(hidden.length > 0 ? [`(deny file-read* ${list(hidden)})`] : []),
    `(allow file-read* ${list(own)})`,
    `(deny file-write*)(allow file-write* (subpath "/dev") ${list(writable(found))})`,
    `(deny file-write* ${list(keep)})`,
  ].join('');
  return [...environment(found), `exec sandbox-exec -p ${shellQuote(profile)} git "$@"`, ''].join(
    '\n',
  );
}
