import { z } from 'zod';

const Dollars = z.number().positive().max(1_000_000);

/** Limits of what agents may cost, in US dollars; an absent one limits nothing. */
export const Budget = z.strictObject({
  session: Dollars.optional().meta({ description: 'Limit for one session', examples: [5] }),
  run: Dollars.optional().meta({ description: 'Limit for all sessions of a run', examples: [50] }),
  day: Dollars.optional().meta({
    description:
      'Limit for all sessions on this host since midnight, in the time zone of its worker',
    examples: [100],
  }),
});
export type Budget = z.infer<typeof Budget>;

/** What was spent, in US dollars. */
export interface Spent {
  readonly session: number;
  readonly run: number;
  readonly day: number;
}

export interface Exceeded {
  readonly what: keyof Budget;
  readonly limit: number;
  readonly spent: number;
}

/** Less than this is no money, in US dollars: sums of fractions are not exact. */
const NOTHING = 1e-9;

const SMALLEST_FIRST = ['session', 'run', 'day'] as const;

/**
 * The first limit that is reached, if one is.
 * @param raised what a person has put on top of each limit, for this session
 */
export function exceeded(budget: Budget, spent: Spent, budgetTopUp: number): Exceeded | undefined {
  for (const what of SMALLEST_FIRST) {
    const set = budget[what];
    if (set !== undefined && spent[what] > set + budgetTopUp - NOTHING)
      return { what, limit: set + budgetTopUp, spent: spent[what] };
  }
  return undefined;
}

/** What may still be spent before the first limit is reached, in US dollars; undefined when there are no limits. */
export function leftOf(budget: Budget, spent: Spent, budgetTopUp: number): number | undefined {
  const left = SMALLEST_FIRST.flatMap((what) => {
    const set = budget[what];
    return set === undefined ? [] : [Math.max(0, set + budgetTopUp - spent[what])];
  });
  return left.length === 0 ? undefined : Math.min(...left);
}

export const hasLimits = (budget: Budget): boolean => Object.values(budget).some(Boolean);

/** What tokens cost where the agent does not say, in US dollars for a million. */
export const Prices = z.strictObject({
  input: z
    .number()
    .nonnegative()
    .meta({ description: 'US dollars for a million tokens that the model reads', examples: [3] }),
  output: z
    .number()
    .nonnegative()
    .meta({ description: 'US dollars for a million tokens that the model writes', examples: [15] }),
});
export type Prices = z.infer<typeof Prices>;

/** Read (cached ones too) and written by the model. */
export const Tokens = z.object({
  input: z.number().int().nonnegative(),
  output: z.number().int().nonnegative(),
});
export type Tokens = z.infer<typeof Tokens>;

export const NO_TOKENS: Readonly<Tokens> = { input: 0, output: 0 };

export const sumOfTokens = (all: readonly Readonly<Tokens>[]): Tokens => ({
  input: all.reduce((sum, { input }) => sum + input, 0),
  output: all.reduce((sum, { output }) => sum + output, 0),
});

/**
 * What a turn cost: what its tokens cost by the person's own prices, else what the agent says, else unknown. An agent in
 * front of another maker's model tells the prices of its own maker.
 */
export function costOf(
  {
    costUsd,
    tokens,
  }: { readonly costUsd?: number | undefined; readonly tokens?: Tokens | undefined },
  prices: Prices | undefined,
): number | undefined {
  if (!tokens || !prices) return costUsd;
  return (tokens.input * prices.input + tokens.output * prices.output) / 1_000_000;
}
