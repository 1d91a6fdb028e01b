import type { Outcome } from './turn.ts';
import { guessedPause } from './usage-gate.ts';

/** Outcomes after which the same turn is repeated, as soon as its account, its model or its budget allows it. */
export type Postponed = Extract<Outcome, { kind: 'usage-limited' | 'unavailable' | 'over-budget' }>;

/** Outcomes that end by waiting. Such a turn does not count for the session's limit of turns. */
type Waiting = Exclude<Postponed, { kind: 'over-budget' }>;

export const isPostponed = (outcome: Outcome): outcome is Postponed =>
  isPostponedKind(outcome.kind);

export const isPostponedKind = (kind: string | null | undefined): boolean =>
  kind === 'usage-limited' || kind === 'unavailable' || kind === 'over-budget';

/** How many of these turns count for the session's limit: those that met a usage limit, or no model, do not. */
export const countTurns = (turns: readonly { readonly outcome: string | null }[]): number =>
  turns.filter(({ outcome }) => outcome !== 'usage-limited' && outcome !== 'unavailable').length;

/** The shortest and the longest wait for an unavailable model, in milliseconds. Each wait is twice as long as the one before. */
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
