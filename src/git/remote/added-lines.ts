import type { SessionLocation } from '../../domain/session/session.ts';
import { git } from '../command/client.ts';

/** Consecutive lines that one commit adds to one file. */
export interface AddedLines {
  readonly path: string;
  /** Number of the first line in the new file. */
  readonly line: number;
  readonly text: string;
}

/** The parts of a commit that are not files. */
export interface CommitText {
  readonly commit: string;
  /** Author, committer and message. */
  readonly text: string;
}

/** Authors, committers and messages of the commits from `from` to `to`. */
export async function commitTexts({ checkout }: SessionLocation, from: string, to: string) {
  const format = '--format=%x01%H%x02%an <%ae>%n%cn <%ce>%n%B';
  const log = await git(checkout, ['log', '--no-color', format, `${from}..${to}`, '--']);
  return log
    .split('\u0001')
    .slice(1)
    .map((entry): CommitText => {
      const [commit = '', text = ''] = entry.split('\u0002');
      return { commit, text };
    });
}

/** Names of all files that the commits from `from` to `to` change. */
export async function changedNames(
  { checkout }: SessionLocation,
  from: string,
  to: string,
): Promise<string[]> {
  const args = [
    'log',
    '--format=',
    '--name-only',
    '-z',
    '--no-renames',
    '--diff-merges=first-parent',
  ];
  const names = await git(checkout, [...args, `${from}..${to}`, '--']);
  return [...new Set(names.split('\0').map((name) => name.replace(/^\n+/, '')))].filter(
    (name) => name !== '',
  );
}

const PLAIN_PATCH = [
  ...['log', '--patch', '--unified=0', '--format=', '--no-color', '--no-ext-diff', '--text'],
  ...['--no-textconv', '--no-renames', '--diff-merges=off', '--src-prefix=a/', '--dst-prefix=b/'],
];

/** Every line that the commits from `from` to `to` add, also if a later commit removes it. */
export async function addedLines({ checkout }: SessionLocation, from: string, to: string) {
  const patch = await git(checkout, [...PLAIN_PATCH, `${from}..${to}`, '--']);
  return parsePatch(patch);
}

/** Parses the output of `git log --patch --unified=0`. */
export function parsePatch(patch: string): AddedLines[] {
  const added: AddedLines[] = [];
  let path = '';
  let line = 0;
  let left = 0;
  let lines: string[] = [];
  const end = () => {
    if (lines.length > 0) added.push({ path, line, text: lines.join('\n') });
    lines = [];
  };
  for (const row of patch.split('\n')) {
    // Inside a hunk a line may look like a header, so the line counts of the hunk's header decide.
    if (left > 0) {
      if (row.startsWith('+')) lines.push(row.slice(1));
      if (!row.startsWith('\\')) left--;
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(row);
    if (hunk) {
      end();
      line = Number(hunk[2]);
      left = Number(hunk[1] ?? 1) + Number(hunk[3] ?? 1);
    } else if (row.startsWith('+++ ')) {
      end();
      path = row.slice('+++ b/'.length).replace(/\t$/, '');
    }
  }
  end();
  return added;
}

/** Files larger than `limit` bytes that the commits add or change. */
export async function largeFiles(
  { checkout }: SessionLocation,
  { from, to, limit }: { readonly from: string; readonly to: string; readonly limit: number },
): Promise<{ readonly path: string; readonly bytes: number }[]> {
  const raw = [
    'log',
    '--raw',
    '-z',
    '--no-abbrev',
    '--no-renames',
    '--diff-filter=AM',
    '--format=',
  ];
  const listed = await git(checkout, [...raw, `${from}..${to}`, '--']);
  const fields = listed.split('\0').map((field) => field.replace(/^\n+/, ''));
  const paths = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [, , , blob, status] = (fields[index] ?? '').split(' ');
    if (blob !== undefined && status !== undefined) paths.set(blob, fields[index + 1] ?? '');
  }
  if (paths.size === 0) return [];
  const sizes = await git(checkout, ['cat-file', '--batch-check=%(objectname) %(objectsize)'], {
    input: [...paths.keys(), ''].join('\n'),
  });
  return sizes
    .split('\n')
    .map((row) => row.split(' '))
    .map(([blob = '', bytes = '']) => ({ path: paths.get(blob) ?? blob, bytes: Number(bytes) }))
    .filter(({ bytes }) => bytes > limit);
}
