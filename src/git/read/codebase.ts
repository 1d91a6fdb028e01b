import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import { promisor } from '../remote/objects.ts';

/** Reading a commit's files and history. `directory` may be a checkout or a bare repository. */

/** Paths of all files in a commit. */
export async function filesOf(directory: string, commit: string): Promise<string[]> {
  const names = await git(directory, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]);
  return names.split('\0').filter((name) => name !== '');
}

/** A commit of the past: what it was about and the files it changed, by the names that they have at `commit`. */
export interface PastChange {
  readonly commit: string;
  readonly title: string;
  readonly body: string;
  readonly files: readonly string[];
}

/** Authors that are programs: what they change shows nothing of people's work. */
const BOT =
  /\[bot\]|\b(?:dependabot|renovate|greenkeeper|snyk|github[- ]actions?|semantic-release|pre-commit-ci|allcontributors|imgbot|weblate|crowdin|pyup|mergify)\b|(?:^|[-_ .])(?:bot|ci)$|^\w+-?bot$/i;

/** Files that are compared to find renames in one commit: the work grows with their square. */
const MOST_RENAMES = 200;

/**
 * The last `limit` commits up to `commit`, newest first, without those of bots and merges. Files that were renamed since have
 * their new name. Bodies come only on demand, for their size.
 */
export async function changesOf(
  directory: string,
  commit: string,
  { limit, bodies = false }: { readonly limit: number; readonly bodies?: boolean },
): Promise<PastChange[]> {
  // A partial clone lacks the contents that tell a file which was changed while it was renamed.
  const exact = (await promisor(directory)) === undefined ? '' : '=100%';
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

/** Reads `M NUL path NUL R100 NUL old NUL new NUL`, and notes what was renamed for the commits before. */
function filesIn(paths: string, renamed: Map<string, string>): string[] {
  const parts = paths
    .replace(/^\n/, '')
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

/** More texts than this are not looked for. */
const MOST_TEXTS = 200;

/** Those of some texts whose first line stands in a file of a commit, as written but for the space around it. */
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

async function isFound(directory: string, commit: string, line: string): Promise<boolean> {
  try {
    await git(directory, ['grep', '-q', '-I', '-F', '-e', line, commit]);
    return true;
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return false;
    throw error;
  }
}
