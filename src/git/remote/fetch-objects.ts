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

/** Objects that a following command reads. */
export interface NeededObjects {
  /** Commits of which all files are read. */
  readonly commits: readonly string[];
  /** Ranges (`a..b`) of which the changes of all commits are read. */
  readonly changes?: readonly string[];
  /** Ranges, as arguments of `git log`, of which only the names of changed files are read. */
  readonly names?: readonly (readonly string[])[];
}

/** How many fetches are made at most. A tree must be fetched before its content is known. */
const ROUNDS = 4;

/**
 * Fetches into a partial clone the objects that it lacks of these commits. Otherwise git would fetch them in
 * the middle of another command, which has no login: filters and drivers run within such commands, and none
 * of them may get a token.
 */
export async function fetchObjects(
  checkout: string,
  wanted: NeededObjects,
  { tokens, signal }: ObjectsOptions,
): Promise<void> {
  const remote = await promisorRemote(checkout);
  if (remote === undefined) return;
  let options: GitOptions | undefined;
  let before = '';
  for (let round = 0; round < ROUNDS; round++) {
    const missing = await missingOf(checkout, wanted);
    // If the remote does not send an object, the command that needs it reports the error.
    if (missing.length === 0 || missing.join() === before) return;
    before = missing.join();
    options ??= await authenticated(checkout, remote, tokens);
    const { config = [], ...rest } = options;
    await exclusively(await commonDirectory(checkout), () =>
      git(checkout, [...FETCH, '--filter=blob:none', '--stdin', '--', remote], {
        ...rest,
        signal,
        // git itself fetches missing objects with this setting, because there is nothing to negotiate.
        config: [...config, ['fetch.negotiationAlgorithm', 'noop']],
        input: [...missing, ''].join('\n'),
      }),
    );
  }
}

/**
 * Fetches the objects that a rebase reads: the files of both sides, and the changes of the commits that are
 * rebased.
 */
export const fetchForRebase = (
  checkout: string,
  { old, from, tip }: Pick<Rebase, 'old' | 'from' | 'tip'>,
  options: ObjectsOptions,
): Promise<void> =>
  fetchObjects(
    checkout,
    { commits: [old, from, tip], changes: [`${from}..${old}`], names: [[`${from}..${tip}`]] },
    options,
  );

/** The remote from which a partial clone fetches missing objects; undefined for a complete clone. */
export async function promisorRemote(checkout: string): Promise<string | undefined> {
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
  { commits, changes = [], names = [] }: NeededObjects,
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
