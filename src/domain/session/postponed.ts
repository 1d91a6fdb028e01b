import type { Outcome } from './turn.ts';
import { guessedPause } from './usage-gate.ts';

/** Outcomes after which the same turn is taken again, once its account, its model or its budget allows. */
export type Postponed = Extract<Outcome, { kind: 'usage-limited' | 'unavailable' | 'over-budget' }>;

/** Those that only time settles: nobody's fault, and no attempt of the session's. */
type Waiting = Exclude<Postponed, { kind: 'over-budget' }>;

export const isPostponed = (outcome: Outcome): outcome is Postponed =>
  isPostponedKind(outcome.kind);

export const isPostponedKind = (kind: string | null | undefined): boolean =>
  kind === 'usage-limited' || kind === 'unavailable' || kind === 'over-budget';

/** How many turns count as the session's: those that met a usage limit, or no model, are nobody's attempts. */
export const countTurns = (turns: readonly { readonly outcome: string | null }[]): number =>
  turns.filter(({ outcome }) => outcome !== 'usage-limited' && outcome !== 'unavailable').length;

/** How long to wait for a model that can't be had, in milliseconds: twice as long each time, within these bounds. */
const FIRST_PAUSE = 60_000;
const LONGEST_PAUSE = 30 * 60_000;

/**
 * Milliseconds to wait before the turn is taken again.
 * @param outcomes how the session's turns ended, this one last
 */
export function pauseAfter(
  outcome: Waiting,
  outcomes: readonly (string | null)[],
  now: number,
): number {
  if (outcome.kind === 'usage-limited')
    return outcome.until === undefined
      ? guessedPause(1)
      : Math.max(0, Date.parse(outcome.until) - now);
  const last = outcomes.findLastIndex((kind) => kind !== 'unavailable');
  const inARow = outcomes.length - 1 - last;
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (inARow - 1));
}
