import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../command/client.ts';

/** How many files are compared byte by byte with what is committed. */
const MOST_COMPARED = 500;

/**
 * Paths of files that git reports as changed although their content is the committed one, either byte for
 * byte or after the filters of their attributes.
 */
export async function unchangedFiles(
  worktree: string,
  statuses: readonly string[],
): Promise<Set<string>> {
  const paths = statuses
    .filter((status) => status.startsWith(' M'))
    .map((status) => status.slice(3))
    // A name that is not UTF-8 can't be an argument. Its text form names no file, so it is left out here.
    .filter(
      (path) =>
        !path.includes('\n') &&
        lstatSync(join(worktree, path), { throwIfNoEntry: false })?.isFile(),
    )
    .slice(0, MOST_COMPARED);
  if (paths.length === 0) return new Set();
  const literal = paths.map((path) => `:(top,literal)${path}`);
  const staged = await git(worktree, ['ls-files', '--stage', '-z', '--', ...literal]);
  const index = new Map(
    staged.split('\0').map((line) => {
      const [mode = '', id = ''] = line.split(/[ \t]/);
      return [line.slice(line.indexOf('\t') + 1), mode.startsWith('100') ? id : ''];
    }),
  );
  const input = [...paths, ''].join('\n');
  const same = new Set<string>();
  for (const filters of [['--no-filters'], []]) {
    const ids = await git(worktree, ['hash-object', ...filters, '--stdin-paths'], { input });
    for (const [at, id] of ids.split('\n').entries()) {
      const path = paths[at];
      if (path !== undefined && index.get(path) === id) same.add(path);
    }
  }
  return same;
}
