import { z } from 'zod';
import { DiffStat } from './turn.ts';

/** How a turn, or what came of it, failed, and what the worktree held then. */
export const FailedOutcome = z.object({ problem: z.string(), diff: DiffStat.nullable() });
export type FailedOutcome = z.infer<typeof FailedOutcome>;

/** How a session failed last, and what its agent was asked to do about it since. */
export const Failures = z.object({
  /** Null once it has come further. */
  last: FailedOutcome.nullable(),
  /** The last turn was invalid, and this one asks the agent to mend that. */
  nudged: z.boolean(),
  /** The agent was told once that its commits can't be pushed as they are. */
  corrected: z.boolean(),
});
export type Failures = z.infer<typeof Failures>;

/** The same problem with the same change: another turn would come to the same. */
export const isSame = (a: FailedOutcome | null, b: FailedOutcome): boolean =>
  a !== null &&
  a.problem === b.problem &&
  a.diff?.files === b.diff?.files &&
  a.diff?.insertions === b.diff?.insertions &&
  a.diff?.deletions === b.diff?.deletions;

/** For the person who is asked: how it failed before, and now. Empty the first time. */
export function compareFailures(before: FailedOutcome | null, now: FailedOutcome): string {
  if (!before) return '';
  return isSame(before, now)
    ? `It is the second time in a row: the same problem, and nothing changed in between (${shown(now)}).`
    : `Before that, with ${shown(before)}: ${before.problem}\nNow, with ${shown(now)}: ${now.problem}`;
}

const shown = ({ diff }: FailedOutcome): string =>
  diff ? `${diff.files} files, +${diff.insertions} -${diff.deletions}` : 'no change';
