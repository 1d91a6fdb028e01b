import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { git } from '../command/client.ts';
import { tipOf } from '../refs/refs.ts';
import { short } from '../refs/unpushed.ts';
import { shownHunks } from './hunks.ts';
import type { Rebase } from './step.ts';

/** How many files, and how many commits of each side, a conflict names. */
const SHOWN = 20;

/** How many commits are named as the origin of a hunk. */
const LAST = 3;

/**
 * Describes the conflict at which a rebase stopped, with the commits of both sides that changed the files;
 * undefined when no file is in conflict.
 */
export async function describeConflict(
  { worktree, branch }: SessionLocation,
  { old, from, tip, onto }: Rebase,
): Promise<CoppiceError | undefined> {
  const unmerged = await git(worktree, [
    'diff',
    '--ignore-submodules=dirty',
    '--name-only',
    '--diff-filter=U',
    '-z',
  ]);
  const files = unmerged.split('\0').filter((file) => file !== '');
  if (files.length === 0) return undefined;
  const names = files.map((file) => oneLine(file));
  const log = (format: string, most: number, range: string, touching: readonly string[]) =>
    git(worktree, [
      'log',
      `--format=${format}`,
      `--max-count=${most}`,
      range,
      '--',
      ...touching.map((file) => `:(top,literal)${file}`),
    ]);
  const listing = (range: string) => log('%h %an: %s', SHOWN, range, files);
  const stopped = await tipOf(worktree, 'REBASE_HEAD');
  const hunks = await shownHunks(worktree, files, {
    onto: async (file) => {
      const shas = await log('%h', LAST, `${from}..${tip}`, [file]);
      return `${onto} (${shas.replaceAll('\n', ', ')})`;
    },
    moved: `${branch} (${short(stopped ?? old)})`,
  });
  return new CoppiceError(
    'RebaseConflict',
    `${branch} conflicts with ${onto} in ${listed(names, 3, ', ')}`,
    [
      'Files in conflict:',
      listed(names, SHOWN, '\n'),
      `On ${branch}:`,
      commits(await listing(`${from}..${old}`)),
      `On ${onto}:`,
      commits(await listing(`${from}..${tip}`)),
      'To resolve it in the worktree:',
      `git rebase --onto ${tip} ${from}`,
      ...(hunks.length > 0 ? ['Both sides:', ...hunks] : []),
    ].join('\n'),
  );
}

function listed(names: readonly string[], most: number, separator: string): string {
  const left = names.length - most;
  return [...names.slice(0, most), ...(left > 0 ? [`and ${left} more`] : [])].join(separator);
}

/** The commits of a log, as safe single lines, because subjects are text of strangers. */
const commits = (log: string): string =>
  log === ''
    ? '(none)'
    : log
        .split('\n')
        .map((line) => oneLine(line))
        .join('\n');
