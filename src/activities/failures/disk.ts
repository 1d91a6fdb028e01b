import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CANCEL, inFull } from '../../domain/session/options.ts';
import type { Outcome } from '../../domain/session/turn.ts';

/** With less left than this, in bytes, nobody can work: git writes more for a commit. */
const LEAST = 1024 * 1024;

/** Whether a file could not be written since its disk is full, or a quota used up. */
export const isDiskFull = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error &&
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Writing to an open file, the system doesn't tell which. */
export const noSpaceFor = (path: string | undefined): string =>
  `no space left on the disk of ${path === undefined ? 'the worktree or of Coppice’s state directory' : dirname(path)}: free some`;

async function isFull(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize < LEAST;
}

/**
 * Runs a step that writes to the disk of a worktree. When the step fails because that disk is full, it is left to the next
 * activity, which runs it again.
 */
export async function unlessFull(worktree: string, step: () => Promise<unknown>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(await isFull(worktree))) throw error;
  }
}

/** An agent that came to nothing on a full disk is stuck, whatever it made of that. */
export async function onFullDisk(outcome: Outcome, worktree: string): Promise<Outcome> {
  if (outcome.kind !== 'failed' && outcome.kind !== 'invalid') return outcome;
  if (!(await isFull(worktree))) return outcome;
  return {
    kind: 'stuck',
    decision: `There is no space left on the disk of ${worktree}: where can some be freed?`,
    options: inFull(['I have freed some: go on', CANCEL]),
    context:
      `The turn ended so: ${outcome.kind === 'failed' ? outcome.reason : outcome.problem}\n\n${outcome.tail}`.slice(
        0,
        2_000,
      ),
  };
}
