import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';

/** Reading a commit's files and history. `directory` may be a checkout or a bare repository. */

/** Paths of all files in a commit. */
export async function filesOf(directory: string, commit: string): Promise<string[]> {
  const names = await git(directory, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]);
  return names.split('\0').filter((name) => name !== '');
}

/** A commit of the past: what it was about and the files it changed. */
export interface PastChange {
  readonly commit: string;
  readonly title: string;
  readonly body: string;
  readonly files: readonly string[];
}

/** The last `limit` commits up to `commit`, newest first. Merges are left out; bodies only on demand, for their size. */
export async function changesOf(
  directory: string,
  commit: string,
  { limit, bodies = false }: { readonly limit: number; readonly bodies?: boolean },
): Promise<PastChange[]> {
  const log = await git(directory, [
    ...['log', '-z', '--no-merges', '--no-renames', '--name-only'],
    ...[`--format=%x01%H%x02%s%x02${bodies ? '%b' : ''}%x02`, `--max-count=${limit}`, commit, '--'],
  ]);
  return log
    .split('\u0001')
    .slice(1)
    .map((entry) => {
      const [hash = '', title = '', body = '', paths = ''] = entry.split('\u0002');
      const files = paths.split(/[\0\n]/).filter((path) => path !== '');
      return { commit: hash, title, body, files };
    });
}

/** More files than this contain a word that says nothing of where work is. */
const MOST_FILES_OF_A_WORD = 40;

/** All that an expression may hold. */
const MOST_WORDS = 1_000;

/** The files of a commit that contain each of the words, whole and as written; words in very many files have none. */
export async function filesContaining(
  directory: string,
  commit: string,
  words: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, Set<string>>();
  const known = words.filter((word) => /^\w+$/.test(word)).slice(0, MOST_WORDS);
  if (known.length === 0) return new Map();
  // One expression: git's time for many patterns (-F -f) grows with the square of their number.
  const args = ['grep', '-I', '-o', '-w', '-z', '--full-name', '-E', '-e', known.join('|'), commit];
  const hits = await git(directory, args).catch((error: unknown) => {
    if (error instanceof GitFailure && error.exitCode === 1) return '';
    throw error;
  });
  // `commit:path NUL word LF` for each hit.
  for (const hit of hits.split('\n')) {
    const [location = '', word] = hit.split('\0');
    if (word === undefined) continue;
    const files = found.get(word) ?? new Set();
    found.set(word, files.add(location.slice(commit.length + 1)));
  }
  return new Map(
    [...found]
      .filter(([, files]) => files.size <= MOST_FILES_OF_A_WORD)
      .map(([word, files]) => [word, [...files]]),
  );
}
