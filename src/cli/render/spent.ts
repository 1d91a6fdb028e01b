import { NO_TOKENS, sumOfTokens, type Tokens } from '../../domain/session/budget.ts';
import type { SessionRecord, TurnEntry } from '../../domain/session/session.ts';

export const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `1.2M tokens in, 45K out`; empty when there are none. */
export const tokens = ({ input, output }: Tokens): string =>
  input + output === 0 ? '' : `${compact.format(input)} tokens in, ${compact.format(output)} out`;

/** What sessions cost together in dollars, and their tokens without a known price. Empty when that is nothing. */
export function spent(records: readonly Pick<SessionRecord, 'costUsd' | 'unpriced'>[]): string {
  const cost = records.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const unpriced = tokens(sumOfTokens(records.map((record) => record.unpriced)));
  const parts = [
    ...(cost > 0 ? [dollars(cost)] : []),
    ...(unpriced === '' ? [] : [`${unpriced} (without a price)`]),
  ];
  return parts.join(', and ');
}

/** What one turn cost. */
export const spentBy = ({ costUsd, tokens: taken }: TurnEntry): string =>
  costUsd === null ? tokens(taken ?? NO_TOKENS) : dollars(costUsd);
