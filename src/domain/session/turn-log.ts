import { z } from 'zod';
import { keepLatest, MOST, shorten } from './bounds.ts';
import { NO_TOKENS, sumOfTokens, Tokens } from './budget.ts';
import { countTurns } from './postponed.ts';
import type { TurnEntry } from './session.ts';

/** Sums over the turns that are not listed any more. Only the latest turns are listed. */
export const EarlierTurns = z.object({
  turns: z.number().int(),
  /** How many of them count for the limit of turns. */
  counted: z.number().int(),
  costUsd: z.number(),
  tokens: Tokens,
  /** Tokens without a known cost. */
  unpriced: Tokens,
});
export type EarlierTurns = z.infer<typeof EarlierTurns>;

export const NO_TURNS: Readonly<EarlierTurns> = {
  turns: 0,
  counted: 0,
  costUsd: 0,
  tokens: NO_TOKENS,
  unpriced: NO_TOKENS,
};

/** The cost, in US dollars, of the turns that ended within a quarter of an hour. In every time zone a day begins with such a quarter. */
export const Spending = z.object({ at: z.string(), costUsd: z.number() });
export type Spending = z.infer<typeof Spending>;

interface TurnLog {
  readonly turns: TurnEntry[];
  readonly earlier: EarlierTurns;
  readonly spending: Spending[];
}

export const turnsTaken = ({ turns, earlier }: Pick<TurnLog, 'turns' | 'earlier'>): number =>
  earlier.turns + turns.length;

/** How many turns count for the limit: those that met a usage limit or had no model do not. */
export const countedTurns = ({ turns, earlier }: Pick<TurnLog, 'turns' | 'earlier'>): number =>
  earlier.counted + countTurns(turns);

/** Adds a turn that begins. Older turns leave the list and stay in the sums. */
export function noteTurn({ turns, earlier }: TurnLog, entry: TurnEntry): void {
  for (const before of turns) before.summary = shorten(before.summary, MOST.excerpt);
  turns.push(entry);
  const dropped = keepLatest(turns, MOST.turns);
  earlier.turns += dropped.length;
  earlier.counted += countTurns(dropped);
  earlier.costUsd += costOfTurns(dropped);
  earlier.tokens = sumOfTokens([earlier.tokens, tokensOf(dropped)]);
  earlier.unpriced = sumOfTokens([earlier.unpriced, unpricedOf(dropped)]);
}

const costOfTurns = (turns: readonly TurnEntry[]): number =>
  turns.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);

const tokensOf = (turns: readonly TurnEntry[]): Tokens =>
  sumOfTokens(turns.flatMap(({ tokens }) => tokens ?? []));

const unpricedOf = (turns: readonly TurnEntry[]): Tokens =>
  tokensOf(turns.filter(({ costUsd }) => costUsd === null));

type Turns = Pick<TurnLog, 'turns' | 'earlier'>;

/** The known cost of all turns, in US dollars. */
export const costUsd = ({ turns, earlier }: Turns): number => earlier.costUsd + costOfTurns(turns);

/** All tokens that the agents reported. */
export const tokensUsed = ({ turns, earlier }: Turns): Tokens =>
  sumOfTokens([earlier.tokens, tokensOf(turns)]);

/** The tokens of turns without a known cost. */
export const tokensWithoutPrice = ({ turns, earlier }: Turns): Tokens =>
  sumOfTokens([earlier.unpriced, unpricedOf(turns)]);

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

/** The cost since a midnight, in US dollars. @param midnight in milliseconds since 1970 */
export const spentSince = (spending: readonly Spending[], midnight: number): number =>
  spending
    .filter(({ at }) => Date.parse(at) >= midnight)
    .reduce((sum, { costUsd }) => sum + costUsd, 0);
