import { z } from 'zod';
import { keepLatest, MOST, shorten } from './bounds.ts';
import { countTurns } from './postponed.ts';
import type { TurnEntry } from './session.ts';

/** How many turns were taken before the latest, which alone are kept, and how many of them count. */
export const EarlierTurns = z.object({ turns: z.number().int(), attempts: z.number().int() });
export type EarlierTurns = z.infer<typeof EarlierTurns>;

/** What turns that ended within a quarter of an hour cost, in US dollars. Every time zone's days begin with one. */
export const Spending = z.object({ at: z.string(), costUsd: z.number() });
export type Spending = z.infer<typeof Spending>;

interface TurnLog {
  readonly turns: TurnEntry[];
  readonly earlier: EarlierTurns;
  readonly spending: Spending[];
}

export const turnsTaken = ({ turns, earlier }: Pick<TurnLog, 'turns' | 'earlier'>): number =>
  earlier.turns + turns.length;

/** Those aside that met a usage limit or had no model. */
export const countedTurns = ({ turns, earlier }: Pick<TurnLog, 'turns' | 'earlier'>): number =>
  earlier.attempts + countTurns(turns);

/** A turn begins: of the ones before, the older are only counted. */
export function noteTurn({ turns, earlier }: TurnLog, entry: TurnEntry): void {
  for (const before of turns) before.summary = shorten(before.summary, MOST.excerpt);
  turns.push(entry);
  const dropped = keepLatest(turns, MOST.turns);
  earlier.turns += dropped.length;
  earlier.attempts += countTurns(dropped);
}

const QUARTER = 15 * 60_000;
/** Longer than any day. */
const KEPT = 2 * 24 * 3_600_000;

/** @param at when the turn ended, ISO 8601 */
export function noteSpending(spending: Spending[], at: string, costUsd: number): void {
  if (costUsd === 0) return;
  const quarter = new Date(Math.floor(Date.parse(at) / QUARTER) * QUARTER).toISOString();
  const last = spending.at(-1);
  if (last?.at === quarter) last.costUsd += costUsd;
  else spending.push({ at: quarter, costUsd });
  const oldest = Date.parse(at) - KEPT;
  while (spending[0] && Date.parse(spending[0].at) < oldest) spending.shift();
}

/** What was spent since a midnight, in US dollars. */
export const spentSince = (spending: readonly Spending[], midnight: number): number =>
  spending
    .filter(({ at }) => Date.parse(at) >= midnight)
    .reduce((sum, { costUsd }) => sum + costUsd, 0);
