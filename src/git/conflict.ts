import { CoppiceError } from '../domain/failure.ts';
import type { Place } from '../domain/session.ts';
import { oneLine } from '../domain/text.ts';
import { git } from './client.ts';
import type { Rebase } from './rebase.ts';

/** How many files, and how many commits of each side, a conflict names. */
const SHOWN = 20;

/** What a rebase stopped at, with both sides' commits that touch it; undefined when no file is in conflict. */
export async function conflict(
  { worktree, branch }: Place,
  { old, from, tip, onto }: Rebase,
): Promise<CoppiceError | undefined> {
  const unmerged = await git(worktree, ['diff', '--name-only', '--diff-filter=U', '-z']);
  const files = unmerged.split('\0').filter((file) => file !== '');
  if (files.length === 0) return undefined;
  const names = files.map((file) => oneLine(file));
  const log = (range: string) =>
    git(worktree, [
      'log',
      '--format=%h %an: %s',
      `--max-count=${SHOWN}`,
      range,
      '--',
      ...files.map((file) => `:(top,literal)${file}`),
    ]);
  return new CoppiceError(
    'RebaseConflict',
    `${branch} conflicts with ${onto} in ${listed(names, 3, ', ')}`,
    [
      'Files in conflict:',
      listed(names, SHOWN, '\n'),
      `On ${branch}:`,
      commits(await log(`${from}..${old}`)),
      `On ${onto}:`,
      commits(await log(`${from}..${tip}`)),
      'To resolve it in the worktree:',
      `git rebase --onto ${tip} ${from}`,
    ].join('\n'),
  );
}

function listed(names: readonly string[], most: number, separator: string): string {
  const left = names.length - most;
  return [...names.slice(0, most), ...(left > 0 ? [`and ${left} more`] : [])].join(separator);
}

/** Subjects are strangers' text. */
const commits = (log: string): string =>
  log === ''
    ? '(none)'
    : log
        .split('\n')
        .map((line) => oneLine(line))
        .join('\n');
