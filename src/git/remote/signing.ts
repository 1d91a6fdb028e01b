import { randomUUID } from 'node:crypto';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { oneLine } from '../../domain/shared/text.ts';
import { type GitOptions, git } from '../command/client.ts';
import { GitFailure, tail } from '../command/failure.ts';
import { stopInterrupted } from '../command/interrupted.ts';
import { syncBranchIfThere } from '../private/sync-branch.ts';
import { baseRef, branchRef, changeRefs, pushedRef, tipOf } from '../refs/refs.ts';
import { short } from '../refs/unpushed.ts';

/**
 * How long signing one commit may take, in milliseconds. The owner of the key may have to type a passphrase.
 */
const LIMIT = 60_000;

/** How the person signs their commits. */
export interface Signing {
  /** `openpgp`, `ssh` or `x509`. */
  readonly format: string;
}

/** The person's own setting; undefined when they do not sign commits. */
export async function signing(checkout: string): Promise<Signing | undefined> {
  const signs = await personal(checkout, 'commit.gpgsign', ['--type=bool']);
  if (signs !== 'true') return undefined;
  return { format: (await personal(checkout, 'gpg.format')) ?? 'openpgp' };
}

/** A setting of the person's configuration, without the values that Coppice sets for its own commands. */
async function personal(
  checkout: string,
  key: string,
  options: readonly string[] = [],
): Promise<string | undefined> {
  try {
    const args = ['config', '--show-scope', ...options, '--get-all', key];
    const values = (await git(checkout, args)).split('\n').map((line) => line.split('\t', 2));
    return values.findLast(([scope]) => scope !== 'command')?.[1];
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return undefined;
    throw error;
  }
}

/**
 * Signs commits that are about to be pushed, if the person signs their commits. Agents commit without
 * signatures, because the sandbox hides the key. Commits that are on no remote are written again with the
 * same tree, message, people and dates. The branch moves to them, and no file changes. Signed commits are not
 * signed again.
 * @throws GitFailed with what the person can do
 */
export async function signBranch(location: SessionLocation, signal?: AbortSignal): Promise<void> {
  const { checkout, branch } = location;
  if (!(await signing(checkout))) return;
  const ref = branchRef(branch);
  const tip = await tipOf(checkout, ref);
  if (tip === undefined) return;
  const renamed = new Map<string, string>();
  for (const commit of await unseen(location)) {
    const found = parse(await git(checkout, ['cat-file', 'commit', commit]));
    const parents = found.parents.map((parent) => renamed.get(parent) ?? parent);
    const isSame = parents.every((parent, at) => parent === found.parents[at]);
    if (found.isSigned && isSame) continue;
    renamed.set(commit, await sign(location, commit, { ...found, parents }, signal));
  }
  const to = renamed.get(tip);
  if (to === undefined) return;
  await changeRefs(checkout, [{ ref, from: tip, to }]);
  await syncBranchIfThere(location);
}

/** Whether a commit can be signed now. @throws GitFailed */
export async function trySigning(checkout: string): Promise<void> {
  const tree = await git(checkout, ['hash-object', '-t', 'tree', '/dev/null', '-w']);
  const identity = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Coppice'],
      [`GIT_${who}_EMAIL`, 'coppice@localhost.invalid'],
    ]),
  );
  try {
    await commitSigned(checkout, [tree], { env: identity, input: 'Can commits be signed?\n' });
  } catch (error) {
    throw unsigned(checkout, 'a commit', error);
  }
}

/** The session's commits that are on no remote, oldest first. */
async function unseen({ checkout, branch, remote }: SessionLocation): Promise<string[]> {
  const listed = await git(checkout, [
    ...['rev-list', '--topo-order', '--reverse', branchRef(branch)],
    ...['--not', `--remotes=${remote}`, `--glob=${pushedRef('*')}`, `--glob=${baseRef('*')}`],
  ]);
  return listed.split('\n').filter((commit) => commit !== '');
}

interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly encoding: string | undefined;
  readonly isSigned: boolean;
  readonly message: string;
}

interface Person {
  readonly name: string;
  readonly email: string;
  /** As git writes it: seconds and a time zone. */
  readonly date: string;
}

/** Parses a commit object. A header line that begins with a space continues the line before. */
export function parse(text: string): Commit {
  const end = text.indexOf('\n\n');
  const headers = (end < 0 ? text : text.slice(0, end))
    .split('\n')
    .filter((line) => !line.startsWith(' '))
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const);
  const all = (key: string) => headers.flatMap(([name, value]) => (name === key ? [value] : []));
  const [tree = ''] = all('tree');
  return {
    tree,
    parents: all('parent'),
    author: person(all('author')[0] ?? ''),
    committer: person(all('committer')[0] ?? ''),
    encoding: all('encoding')[0],
    isSigned: headers.some(([name]) => name.startsWith('gpgsig')),
    message: end < 0 ? '' : text.slice(end + 2),
  };
}

function person(text: string): Person {
  const [, name = '', email = '', date = ''] = /^(.*?) ?<([^>]*)> (.*)$/.exec(text) ?? [];
  return { name, email, date };
}

async function sign(
  { checkout }: SessionLocation,
  commit: string,
  { tree, parents, author, committer, encoding, message }: Commit,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (message.includes('\ufffd') || author.name.includes('\ufffd'))
    throw new CoppiceError(
      'GitFailed',
      `commit ${short(commit)} has text that is not UTF-8, so Coppice can't sign it: sign it yourself, or reword it`,
    );
  const env = Object.fromEntries(
    Object.entries({ AUTHOR: author, COMMITTER: committer }).flatMap(
      ([who, { name, email, date }]) => [
        [`GIT_${who}_NAME`, name],
        [`GIT_${who}_EMAIL`, email],
        [`GIT_${who}_DATE`, `@${date}`],
      ],
    ),
  );
  try {
    const over = parents.flatMap((parent) => ['-p', parent]);
    return await commitSigned(checkout, [...over, tree], {
      env,
      input: message,
      ...(encoding !== undefined && { config: [['i18n.commitEncoding', encoding]] }),
      signal,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw unsigned(checkout, `commit ${short(commit)}`, error);
  }
}

/**
 * Makes a signed commit within the time limit. If it is exceeded, the signing program is ended too, because
 * git leaves it running.
 */
async function commitSigned(
  checkout: string,
  args: readonly string[],
  options: Pick<GitOptions, 'env' | 'input' | 'config' | 'signal'>,
): Promise<string> {
  const limit = AbortSignal.timeout(LIMIT);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const mark = `signing ${randomUUID()}`;
  try {
    return await git(checkout, ['commit-tree', '-S', ...args], { ...options, mark, signal });
  } catch (error) {
    if (signal.aborted) await stopInterrupted(mark);
    throw error;
  }
}

/**
 * The error when a commit can't be signed. Only the owner of the key can solve that, so it is not retried.
 */
function unsigned(checkout: string, what: string, error: unknown): CoppiceError {
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  const said = isLate
    ? `signing took longer than ${LIMIT / 1_000} s: the key may need a passphrase`
    : reason(error);
  return new CoppiceError(
    'GitFailed',
    `${what} could not be signed, which your git configuration asks for (commit.gpgSign): ${said}; unlock the key where \`coppice up\` runs, or turn signing off here: git -C ${checkout} config commit.gpgSign false`,
    error instanceof GitFailure ? tail(error.stderr) : '',
  );
}

/** The message of the signing program; git's own message if there is no other. */
function reason(error: unknown): string {
  if (!(error instanceof GitFailure)) return error instanceof Error ? error.message : String(error);
  const lines = error.stderr.split('\n').filter((line) => line.trim() !== '');
  const theirs = lines.filter(
    (line) => !/^(error: gpg failed|fatal: failed to write|hint:)/.test(line),
  );
  return oneLine(theirs.at(-1) ?? lines.at(-1) ?? error.message, 300);
}
