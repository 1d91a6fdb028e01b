import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { makeTemporary } from '../../process/temporary.ts';
import { type GitOptions, git } from '../command/client.ts';
import { type GitDirectories, isPrivate } from '../command/explicit.ts';
import { GitFailure } from '../command/failure.ts';
import { borrowing } from '../nested/borrowed.ts';
import { hasCommit, tipOf } from '../refs/refs.ts';
import { short } from '../refs/unpushed.ts';
import { copyPlain } from '../worktree/copy-plain.ts';

/** Where a commit that is on its way is named: in the session's git, on the way, and in the checkout. */
const OUTGOING = 'refs/coppice/outgoing';
const ARRIVED = 'refs/heads/arrived';
export const incomingRef = (branch: string): string => `refs/coppice/incoming/${branch}`;

/** Runs git over a session's private git directory, in the sandbox if its agent is in one. The worktree may be gone. */
export const gitOver = (
  found: GitDirectories,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> => git(found.own, args, { ...options, over: found });

/** A commit's id, as git writes it. */
const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Brings a commit from a session's private git into the checkout: as a file with one ref, that is made in the sandbox and read
 * into a quarantine, from which git takes what passes its checks. Nothing else of the private directory is read. Bringing what is there
 * already does nothing.
 * @throws GitFailed when the commit, or what it is made of, is not as git would have written it
 */
export async function bring(
  location: SessionLocation,
  found: GitDirectories,
  commit: string,
): Promise<void> {
  const { checkout, branch } = location;
  if (!ID.test(commit)) throw new CoppiceError('GitFailed', `${commit} is no commit’s id`);
  if (!isPrivate(found) || (await hasCommit(checkout, commit))) return;
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
    await borrowing(lender, async (quarantine) => {
      await quarantine.git([...FETCH, '--', file, `+${OUTGOING}:${ARRIVED}`]);
      await git(checkout, [...FETCH, '--', quarantine.directory, `+${ARRIVED}:${incoming}`], {
        config: CHECKING,
      });
    });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw new CoppiceError(
      'GitFailed',
      `${short(commit)} of ${branch} can’t be taken from ${location.worktree} into ${checkout}: ${error.message}`,
      error.details,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const arrived = await tipOf(checkout, incoming);
  if (arrived === commit) return;
  throw new CoppiceError(
    'GitFailed',
    `${short(commit)} of ${branch} was to be taken from ${location.worktree} into ${checkout}, and something else came: look at its git data`,
  );
}

/** What git only warns of, and no commit needs. */
const ERRORS = ['hasDotgit', 'hasDot', 'hasDotdot', 'fullPathname', 'emptyName', 'nullSha1'];

/** git checks what it gets from a repository, and not what comes from a file: so there are two steps. */
const CHECKING = [
  ['fetch.fsckObjects', 'true'] as const,
  ...ERRORS.map((name) => [`fetch.fsck.${name}`, 'error'] as const),
];

const FETCH = [
  ...['fetch', '--quiet', '--no-write-fetch-head', '--no-tags'],
  ...['--no-recurse-submodules', '--no-auto-maintenance'],
];

/** As many branches of the remote as a bundle is told that they need not be in it. */
const MOST = 200;

/** Commits that the checkout has with all that they need. */
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
  await gitOver(found, ['update-ref', OUTGOING, commit]);
  try {
    const without = known.map((id) => `^${id}`);
    await gitOver(found, ['bundle', 'create', '--quiet', made, OUTGOING, '--stdin'], {
      input: `${without.join('\n')}\n`,
    });
    await copyPlain(made, file);
  } finally {
    await gitOver(found, ['update-ref', '-d', OUTGOING]);
    await rm(made, { recursive: true, force: true });
  }
}
