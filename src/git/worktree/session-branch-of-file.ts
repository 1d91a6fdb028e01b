import { git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';

/**
 * The session's branch from which a tracked file of the checkout comes: the branch has exactly this text, and
 * no remote branch has it except those of sessions. That is so while a person has a session's branch checked
 * out for review.
 * @returns undefined when the text is the person's own, and outside of a repository
 */
export async function sessionBranchOfFile(
  checkout: string,
  path: string,
  text: string,
): Promise<string | undefined> {
  try {
    const tracked = await git(checkout, ['ls-files', '--', `:(literal)${path}`]);
    if (tracked === '') return undefined;
    const sessions = await named(checkout, ['refs/coppice/pushed', 'refs/coppice/baseline'], 3);
    if (sessions.size === 0) return undefined;
    const blob = await git(checkout, ['hash-object', '--stdin'], { input: text });
    const local = [...sessions].flatMap((name) => [
      `refs/heads/${name}`,
      `refs/coppice/pushed/${name}`,
    ]);
    const found = (await holding(checkout, local, path, blob)).at(0);
    if (found === undefined) return undefined;
    const remotes = (await refs(checkout, ['refs/remotes'])).filter(
      (ref) => !sessions.has(ref.split('/').slice(3).join('/')),
    );
    const theirs = await holding(checkout, remotes, path, blob);
    return theirs.length > 0 ? undefined : found.replace(/^refs\/(heads|coppice\/pushed)\//, '');
  } catch (error) {
    if (error instanceof GitFailure && /not a git repository|work tree/.test(error.stderr))
      return undefined;
    throw error;
  }
}

const refs = async (checkout: string, patterns: readonly string[]): Promise<string[]> =>
  (await git(checkout, ['for-each-ref', '--format=%(refname)', ...patterns]))
    .split('\n')
    .filter((ref) => ref !== '');

const named = async (checkout: string, patterns: readonly string[], depth: number) =>
  new Set((await refs(checkout, patterns)).map((ref) => ref.split('/').slice(depth).join('/')));

/** The refs whose file at `path` is this blob. */
async function holding(
  checkout: string,
  all: readonly string[],
  path: string,
  blob: string,
): Promise<string[]> {
  if (all.length === 0) return [];
  const input = all.map((ref) => `${ref}:${path}\n`).join('');
  const ids = await git(checkout, ['cat-file', '--batch-check=%(objectname)'], { input });
  const lines = ids.split('\n');
  return all.filter((_, at) => lines[at] === blob);
}
