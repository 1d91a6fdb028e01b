import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { makeTemporary } from '../../process/temporary.ts';
import { type GitOptions, git } from '../command/client.ts';
import { GitFailure } from '../command/failure.ts';
import { type GitDirectories, hasPrivateGit } from '../command/git-directories.ts';
import { withQuarantine } from '../nested/quarantine.ts';
import { hasCommit, tipOf } from '../refs/refs.ts';
import { short } from '../refs/unpushed.ts';
import { FETCH } from '../remote/remote.ts';
import { copyPlain } from '../worktree/copy-plain.ts';

/**
 * Refs that name a commit while it is imported: in the session's private git directory, in the quarantine
 * repository, and in the checkout.
 */
const OUTGOING = 'refs/coppice/outgoing';
const ARRIVED = 'refs/heads/arrived';
export const incomingRef = (branch: string): string => `refs/coppice/incoming/${branch}`;

/**
 * Runs git in a session's private git directory. It runs in the sandbox if the session's agent does. The
 * worktree need not exist.
 */
export const gitInPrivate = (
  found: GitDirectories,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> => git(found.own, args, { ...options, directories: found });

/** An object's id, as git writes it. */
const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Imports a commit from a session's private git directory into the checkout. In the sandbox, git writes the
 * commit and its objects to a bundle file. The file is fetched into a quarantine repository, and from there
 * into the checkout, where git checks every object. Coppice reads nothing else of the private directory. A
 * commit that the checkout already has is not imported again.
 * @throws GitFailed when the commit, or an object that it needs, is not as git would have written it
 */
export async function importCommit(
  location: SessionLocation,
  found: GitDirectories,
  commit: string,
): Promise<void> {
  const { checkout, branch } = location;
  if (!ID.test(commit)) throw new CoppiceError('GitFailed', `${commit} is not a commit id`);
  if (!hasPrivateGit(found) || (await hasCommit(checkout, commit))) return;
  const incoming = incomingRef(branch);
  const known = await knownTo(location);
  const directory = makeTemporary('incoming');
  try {
    const file = join(directory, 'commits');
    await bundle(found, commit, known, file);
    const common = dirname(dirname(found.record));
    const [head] = known;
    const lender = {
      objects: join(common, 'objects'),
      shallow: join(common, 'shallow'),
      head,
      known,
    };
    await withQuarantine(lender, async (quarantine) => {
      await quarantine.git([...FETCH, '--', file, `+${OUTGOING}:${ARRIVED}`]);
      await git(checkout, [...FETCH, '--', quarantine.directory, `+${ARRIVED}:${incoming}`], {
        config: CHECKING,
      });
    });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new CoppiceError(
      'GitFailed',
      `${short(commit)} of ${branch} can’t be imported from ${location.worktree} into ${checkout}: ${error.message}`,
      error.details,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const arrived = await tipOf(checkout, incoming);
  if (arrived === commit) return;
  throw new CoppiceError(
    'GitFailed',
    `${short(commit)} of ${branch} should have been imported from ${location.worktree} into ${checkout}, but another commit arrived: look at the git data of that worktree`,
  );
}

/**
 * Faults that git only reports as warnings by default. No honest commit has them, so they are errors here.
 */
const ERRORS = ['hasDotgit', 'hasDot', 'hasDotdot', 'fullPathname', 'emptyName', 'nullSha1'];

/**
 * git checks objects that come from a repository, but not those from a bundle file. Therefore there are two
 * fetches.
 */
const CHECKING = [
  ['fetch.fsckObjects', 'true'] as const,
  ...ERRORS.map((name) => [`fetch.fsck.${name}`, 'error'] as const),
];

/** How many refs at most are named as already known when a bundle is made. */
const MOST = 200;

/** Commits that the checkout has with all their objects, so a bundle need not contain them. */
async function knownTo({ checkout, branch, remote }: SessionLocation): Promise<string[]> {
  const refs = [`refs/heads/${branch}`, `refs/coppice/*/${branch}`, `refs/remotes/${remote}`];
  const format = '--format=%(objectname) %(objecttype)';
  const listed = await git(checkout, ['for-each-ref', `--count=${MOST}`, format, ...refs]);
  const ids = listed.split('\n').flatMap((line) => /^(\w+) commit$/.exec(line)?.[1] ?? []);
  return [...new Set(ids)];
}

async function bundle(
  found: GitDirectories,
  commit: string,
  known: readonly string[],
  file: string,
): Promise<void> {
  const made = join(found.own, 'coppice-outgoing');
  await gitInPrivate(found, ['update-ref', OUTGOING, commit]);
  try {
    const without = known.map((id) => `^${id}`);
    await gitInPrivate(found, ['bundle', 'create', '--quiet', made, OUTGOING, '--stdin'], {
      input: `${without.join('\n')}\n`,
    });
    await copyPlain(made, file);
  } finally {
    await gitInPrivate(found, ['update-ref', '-d', OUTGOING]);
    await rm(made, { recursive: true, force: true });
  }
}
