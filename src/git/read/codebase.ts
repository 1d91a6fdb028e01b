import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import { promisorRemote } from '../remote/fetch-objects.ts';

/** Reading a commit's files and history. `directory` may be a checkout or a bare repository. */

/** Paths of all files in a commit. */
export async function filesOf(directory: string, commit: string): Promise<string[]> {
  const names = await git(directory, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]);
  return names.split('\0').filter((name) => name !== '');
}

/**
 * An earlier commit: its message, and the files that it changed, by the names that they have at the commit
 * from which the history is read.
 */
export interface PastChange {
  readonly commit: string;
  readonly title: string;
  readonly body: string;
  readonly files: readonly string[];
}

/** Names of authors that are programs. Their changes show nothing about how people work on the code. */
const BOT =
  /\[bot\]|\b(?:dependabot|renovate|greenkeeper|snyk|github[- ]actions?|semantic-release|pre-commit-ci|allcontributors|imgbot|weblate|crowdin|pyup|mergify)\b|(?:^|[-_ .])(?:bot|ci)$|^\w+-?bot$/i;

/**
 * How many files of one commit are compared to find renames. The work grows with the square of this number.
 */
const MOST_RENAMES = 200;

/**
 * The last `limit` commits up to `commit`, newest first, without those of bots and without merges. A file
 * that was renamed later has its new name. Bodies of messages are read only if `bodies` is set, because they
 * are large.
 */
export async function changesOf(
  directory: string,
  commit: string,
  { limit, bodies = false }: { readonly limit: number; readonly bodies?: boolean },
): Promise<PastChange[]> {
  // A partial clone lacks file contents, so only renames without a change can be found.
  const exact = (await promisorRemote(directory)) === undefined ? '' : '=100%';
  const log = await git(directory, [
    ...['log', '-z', '--no-merges', '--name-status'],
    ...[`--find-renames${exact}`, `-l${MOST_RENAMES}`, `--max-count=${limit}`],
    ...[`--format=%x01%H%x02%an%x02%s%x02${bodies ? '%b' : ''}%x02`, commit, '--'],
  ]);
  const renamed = new Map<string, string>();
  return log
    .split('\u0001')
    .slice(1)
    .flatMap((entry) => {
      const [hash = '', author = '', title = '', body = '', paths = ''] = entry.split('\u0002');
      const files = filesIn(paths, renamed);
      return BOT.test(author) ? [] : [{ commit: hash, title, body, files }];
    });
}

/**
 * Parses `M NUL path NUL R100 NUL old NUL new NUL`, and stores renames in `renamed`, for the earlier commits.
 */
function filesIn(paths: string, renamed: Map<string, string>): string[] {
  const parts = paths
    .replace(/^\0?\n/, '')
    .split('\0')
    .filter((part) => part !== '');
  const files: string[] = [];
  const moved: [former: string, now: string][] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const path = parts[at + 1] ?? '';
    if (!/^[RC]\d/.test(parts[at] ?? '')) {
      files.push(renamed.get(path) ?? path);
      continue;
    }
    const to = parts[at + 2] ?? '';
    const now = renamed.get(to) ?? to;
    files.push(now);
    moved.push([path, now]);
    at += 1;
  }
  for (const [former, now] of moved) renamed.set(former, now);
  return files;
}

/** A word that is in more files than this does not show where the work is. */
const MOST_FILES_OF_A_WORD = 40;

/** How many words a search may have. */
const MOST_WORDS = 1_000;

/**
 * Finds the files of a commit that contain each word, whole and with the same case. Words that are in very
 * many files are left out.
 */
export async function filesContaining(
  directory: string,
  commit: string,
  words: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, Set<string>>();
  const known = words.filter((word) => /^\w+$/.test(word)).slice(0, MOST_WORDS);
  if (known.length === 0) return new Map();
  // The words are one expression, because git's time for many patterns (-F -f) grows with the square of their
  // number.
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

/** How many texts are looked for at most. */
const MOST_TEXTS = 200;

/** The texts whose first line is in a file of the commit. Space around the line does not count. */
export async function textsFound(
  directory: string,
  commit: string,
  texts: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const text of new Set(texts.slice(0, MOST_TEXTS))) {
    const line = text.trim().split('\n', 1)[0] ?? '';
    if (line !== '' && (await isFound(directory, commit, line))) found.add(text);
  }
  return found;
}

/** Whether a file of the commit contains the line. */
async function isFound(directory: string, commit: string, line: string): Promise<boolean> {
  try {
    await git(directory, ['grep', '-q', '-I', '-F', '-e', line, commit]);
    return true;
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return false;
    throw error;
  }
}
