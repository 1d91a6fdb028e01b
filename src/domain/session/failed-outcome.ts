import { z } from 'zod';
import { DiffStat } from './turn.ts';

/** How a turn or a step after it failed, and the changes in the worktree at that time. */
export const FailedOutcome = z.object({ problem: z.string(), diff: DiffStat.nullable() });
export type FailedOutcome = z.infer<typeof FailedOutcome>;

/** The last failure of a session, and what its agent was asked to do about it since. */
export const Failures = z.object({
  /** Null after a later success. */
  last: FailedOutcome.nullable(),
  /** Whether the agent was asked to repair an invalid outcome in this turn. */
  nudged: z.boolean(),
  /** Whether the agent was told that its commits can't be pushed as they are. */
  corrected: z.boolean(),
});
export type Failures = z.infer<typeof Failures>;

/** Whether both have the same problem with the same changes, so that another turn would end in the same way. */
export const isSame = (a: FailedOutcome | null, b: FailedOutcome): boolean =>
  a !== null &&
  a.problem === b.problem &&
  a.diff?.files === b.diff?.files &&
  a.diff?.insertions === b.diff?.insertions &&
  a.diff?.deletions === b.diff?.deletions;

/** A text for the person about the failure before and the failure now; empty at the first failure. */
export function compareFailures(before: FailedOutcome | null, now: FailedOutcome): string {
  if (!before) return '';
  return isSame(before, now)
    ? `It is the second time in a row: the same problem, and nothing changed in between (${shown(now)}).`
    : `Before that, with ${shown(before)}: ${before.problem}\nNow, with ${shown(now)}: ${now.problem}`;
}

const shown = ({ diff }: FailedOutcome): string =>
  diff ? `${diff.files} files, +${diff.insertions} -${diff.deletions}` : 'no change';
