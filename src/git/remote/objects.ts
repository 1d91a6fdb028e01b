import { type GitOptions, git } from '../command/client.ts';
import { commonDirectory } from '../command/directories.ts';
import { GitFailure } from '../command/failure.ts';
import { exclusively } from '../command/mutex.ts';
import type { Rebase } from '../rebase/step.ts';
import { authenticated, FETCH, type GitTokenSource } from './remote.ts';

export interface ObjectsOptions {
  readonly tokens: GitTokenSource;
  readonly signal?: AbortSignal | undefined;
}

/** Which objects are about to be read. */
export interface Wanted {
  /** Commits whose files are read, each as a whole. */
  readonly commits: readonly string[];
  /** Ranges (`a..b`) of which every change is read. */
  readonly changes?: readonly string[];
  /** As `git log` takes them: which files were changed is read. */
  readonly names?: readonly (readonly string[])[];
}

/** Trees come before what is in them; a round more for a tree that is a submodule's neighbour costs nothing. */
const ROUNDS = 4;

/**
 * Brings into a partial clone what it lacks of these commits. Otherwise git would fetch it in the middle of another
 * command, which has no login: filters and drivers run within those, and none of them is given a token.
 */
export async function bringObjects(
  checkout: string,
  wanted: Wanted,
  { tokens, signal }: ObjectsOptions,
): Promise<void> {
  const remote = await promisor(checkout);
  if (remote === undefined) return;
  let options: GitOptions | undefined;
  let before = '';
  for (let round = 0; round < ROUNDS; round++) {
    const missing = await missingOf(checkout, wanted);
    // What the remote does not give is told by the command that needs it.
    if (missing.length === 0 || missing.join() === before) return;
    before = missing.join();
    options ??= await authenticated(checkout, remote, tokens, 'fetch');
    const { config = [], ...rest } = options;
    await exclusively(await commonDirectory(checkout), () =>
      git(checkout, [...FETCH, '--filter=blob:none', '--stdin', '--', remote], {
        ...rest,
        signal,
        // As git does it itself: there is nothing to negotiate.
        config: [...config, ['fetch.negotiationAlgorithm', 'noop']],
        input: [...missing, ''].join('\n'),
      }),
    );
  }
}

/** Brings what rebasing these commits reads: the files of both sides, and what the commits that are moved change. */
export const bringForRebase = (
  checkout: string,
  { old, from, tip }: Pick<Rebase, 'old' | 'from' | 'tip'>,
  options: ObjectsOptions,
): Promise<void> =>
  bringObjects(
    checkout,
    { commits: [old, from, tip], changes: [`${from}..${old}`], names: [[`${from}..${tip}`]] },
    options,
  );

/** The remote that a partial clone fetches what is missing from; undefined where nothing is. */
export async function promisor(checkout: string): Promise<string | undefined> {
  const pattern = [
    'config',
    '--get-regexp',
    '^(remote\\..*\\.promisor|extensions\\.partialclone)$',
  ];
  try {
    const [first = ''] = (await git(checkout, pattern)).split('\n');
    const named = /^remote\.(.*)\.promisor true$/.exec(first)?.[1];
    return named ?? /^extensions\.partialclone (.*)$/.exec(first)?.[1];
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}

async function missingOf(
  checkout: string,
  { commits, changes = [], names = [] }: Wanted,
): Promise<string[]> {
  const lists = [
    ...(commits.length > 0 ? [['--no-walk', ...commits]] : []),
    ...changes.map((range) => [range]),
    ...names.map((range) => ['--filter=blob:none', ...range]),
  ];
  const missing = new Set<string>();
  for (const list of lists) {
    const args = ['rev-list', '--objects', '--no-object-names', '--missing=print', ...list];
    for (const line of (await git(checkout, args)).split('\n'))
      if (line.startsWith('?')) missing.add(line.slice(1));
  }
  return [...missing];
}
