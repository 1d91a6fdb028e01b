import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CANCEL, withDefaults } from '../../domain/session/options.ts';
import type { Outcome } from '../../domain/session/turn.ts';

/** A disk with less free space than this, in bytes, counts as full: git needs more for a commit. */
const LEAST = 1024 * 1024;

/** Whether a file could not be written because its disk is full or a quota is used up. */
export const isDiskFull = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error &&
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

/** The message for a full disk. When an open file is written, the system does not report its path. */
export const noSpaceFor = (path: string | undefined): string =>
  `no space left on the disk of ${path === undefined ? 'the worktree or of Coppice’s state directory' : dirname(path)}: free some`;

async function isFull(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize < LEAST;
}

/**
 * Runs a step that writes to the disk of a worktree. If it fails because that disk is full, the failure is
 * ignored, and the next activity runs the step again.
 */
export async function unlessDiskFull(
  worktree: string,
  step: () => Promise<unknown>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(await isFull(worktree))) throw error;
  }
}

/** Turns a failed or invalid outcome into a question when the disk is full. */
export async function askOnFullDisk(outcome: Outcome, worktree: string): Promise<Outcome> {
  if (outcome.kind !== 'failed' && outcome.kind !== 'invalid') return outcome;
  if (!(await isFull(worktree))) return outcome;
  return {
    kind: 'stuck',
    decision: `There is no space left on the disk of ${worktree}: what can be deleted?`,
    options: withDefaults(['I have freed some: go on', CANCEL]),
    context:
      `The turn ended so: ${outcome.kind === 'failed' ? outcome.reason : outcome.problem}\n\n${outcome.tail}`.slice(
        0,
        2_000,
      ),
  };
}
