import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { SessionLocation } from '../../domain/session/session.ts';
import { CoppiceError } from '../../domain/shared/failure.ts';
import { git, gitAnswers } from '../command/client.ts';
import { gitDirectory } from '../command/directories.ts';
import { GitFailure } from '../command/failure.ts';
import { committerIdentity } from '../command/identity.ts';
import { stopInterrupted } from '../command/interrupted.ts';
import { losslessBytes } from '../command/lossless.ts';
import { importCommit } from '../private/transfer.ts';
import { checkedOutBranch } from '../refs/refs.ts';
import {
  assumeUnchanged,
  readAssumedUnchanged,
  restoreAssumedUnchanged,
} from '../worktree/assume-unchanged.ts';
import { noteSubmodules, renewBaseline } from '../worktree/baseline.ts';
import { gitDirectories } from '../worktree/git-file.ts';
import { isUntracked, uncommittedFiles } from '../worktree/status.ts';
import { agentChanges } from '../worktree/uncommitted-changes.ts';
import { describeConflict } from './conflict.ts';
import { hasMerges, squashDetached } from './squash.ts';
import type { Rebase } from './step.ts';

/**
 * Name of a marker file in the checkout's record of a worktree. It exists while Coppice rebases there, and
 * holds the commit onto which it rebases. As long as it exists, changes in the worktree are Coppice's.
 */
const UNSETTLED = 'coppice-rebasing';

/** Directories in which git keeps an unfinished rebase. */
const IN_PROGRESS = ['rebase-merge', 'rebase-apply'];

/**
 * Checks out the worktree's branch again after a rebase of Coppice, finished or interrupted, and makes sure
 * that nothing prevents a rebase.
 * @throws GitFailed when something does, such as uncommitted changes
 */
export async function checkOutBranchAgain(location: SessionLocation): Promise<void> {
  await abortInterruptedRebase(location);
  const obstacle = await reasonNotToRebase(location);
  if (obstacle !== undefined)
    throw new CoppiceError('GitFailed', `${location.worktree} can't be rebased: ${obstacle}`);
}

/** Undoes a rebase of Coppice that was interrupted, if there is one. */
export async function abortInterruptedRebase(location: SessionLocation): Promise<void> {
  const { worktree, branch } = location;
  const { own: directory, record } = await gitDirectories(location);
  const marker = join(record, UNSETTLED);
  if (!existsSync(marker)) return;
  await stopInterrupted(worktree);
  // `rebase --abort` is not used: it needs files that an interrupted rebase may not have written yet. A lock
  // was left by a git process that was killed, because nobody else works here meanwhile.
  for (const name of [...IN_PROGRESS, 'index.lock'])
    await rm(join(directory, name), { recursive: true, force: true });
  const before = await readAssumedUnchanged(worktree);
  await git(worktree, ['checkout', '--quiet', '--force', branch, '--'], { mark: worktree });
  await removeStrays(worktree, commitIn(await readFile(marker, 'utf8')));
  await restoreAssumedUnchanged(worktree, before);
  await renewBaseline(location);
  await rm(marker);
}

/**
 * The commit id in the marker file. In the layout of earlier versions an agent can write that file, so only a
 * valid id is passed to git.
 */
const commitIn = (text: string): string | undefined => /^[0-9a-f]{40,64}$/.exec(text)?.[0];

/**
 * Removes files that an interrupted checkout of the new base has written but not yet entered in the index.
 */
async function removeStrays(worktree: string, tip: string | undefined): Promise<void> {
  if (tip === undefined) return;
  const untracked = (await uncommittedFiles(worktree)).filter(isUntracked);
  if (untracked.length === 0) return;
  const args = ['diff', '--name-only', '--no-renames', '--diff-filter=A', '-z', 'HEAD', tip];
  const added = await git(worktree, args, { names: true });
  const strays = new Set(added.split('\0'));
  for (const status of untracked) {
    const path = status.slice(3);
    if (strays.has(path)) await rm(losslessBytes(join(worktree, path)));
  }
}

/**
 * Why the worktree can't be rebased: it is not on its branch, or has uncommitted changes; undefined when it
 * can.
 */
export async function reasonNotToRebase(location: SessionLocation): Promise<string | undefined> {
  const { worktree, branch } = location;
  const directory = await gitDirectory(worktree);
  if (IN_PROGRESS.some((name) => existsSync(join(directory, name))))
    return 'a rebase is in progress: finish or abort it';
  const checkedOut = await checkedOutBranch(worktree);
  if (checkedOut !== branch)
    return `${checkedOut ?? 'no branch'} is checked out: check out ${branch}`;
  const uncommitted = await agentChanges(location, 'left out');
  if (uncommitted.length > 0)
    return `${uncommitted.length} file(s) are not committed: commit or discard them`;
  return undefined;
}

/**
 * Rebases without moving the branch: HEAD is detached at the result. If merge commits are among the commits,
 * and what they resolved would be lost, all commits become one. After a failure the worktree is on its branch
 * again.
 * @returns the rebased tip, which is in the checkout
 * @throws RebaseConflict
 */
export async function rebaseDetached(
  location: SessionLocation,
  rebase: Rebase,
  signal?: AbortSignal,
): Promise<string> {
  const { worktree } = location;
  const found = await gitDirectories(location);
  const env = await committerIdentity(worktree);
  const begin = async () => {
    await noteSubmodules(location);
    await writeFileAtomic(join(found.record, UNSETTLED), rebase.tip);
    await assumeUnchanged(location, rebase);
  };
  const here = async (commit: string) => {
    await importCommit(location, found, commit);
    return commit;
  };
  if (await hasMerges(location, rebase)) {
    await begin();
    const squashed = await squashDetached(location, rebase, env);
    await checkOutBranchAgain(location);
    if (squashed !== undefined) {
      await begin();
      const rebased = await attempt(location, rebase, env, signal).catch((error: unknown) => {
        if (!isConflict(error)) throw error;
      });
      if (rebased && (await isSame(worktree, rebased, squashed))) return here(rebased);
      await begin();
      await git(worktree, ['checkout', '--quiet', '--force', '--detach', squashed], {
        mark: worktree,
      });
      return here(squashed);
    }
  }
  await begin();
  return here(await attempt(location, rebase, env, signal));
}

const isConflict = (error: unknown): boolean =>
  error instanceof CoppiceError && error.type === 'RebaseConflict';

const isSame = (worktree: string, a: string, b: string): Promise<boolean> =>
  gitAnswers(worktree, ['diff', '--quiet', a, b]);

async function attempt(
  location: SessionLocation,
  rebase: Rebase,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { worktree } = location;
  const args = ['rebase', '--quiet', '--no-rebase-merges', '--no-autosquash'];
  try {
    await git(worktree, [...args, '--onto', rebase.tip, rebase.from, rebase.old], {
      mark: worktree,
      env,
      signal,
    });
  } catch (error) {
    const found =
      error instanceof GitFailure ? await describeConflict(location, rebase) : undefined;
    await checkOutBranchAgain(location);
    throw found ?? error;
  }
  return git(worktree, ['rev-parse', 'HEAD']);
}
