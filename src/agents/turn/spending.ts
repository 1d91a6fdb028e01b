import { costOf, sumOfTokens, type Tokens } from '../../domain/session/budget.ts';
import type { Reading } from '../adapters/adapter.ts';
import { addedSince } from './costs.ts';
import type { Turn, TurnEnding } from './ports.ts';

type Spent = Pick<TurnEnding, 'costUsd' | 'tokens'>;

/**
 * The cost and tokens of a turn, from the readings of its attempts, oldest first. Some agents report the cost
 * of the whole conversation, and an agent that was killed or stopped reported no total.
 */
export function spentIn(
  readings: readonly Reading[],
  turns: string,
  { id, conversation: first }: Pick<Turn, 'id' | 'conversation'>,
): Spent & { readonly total?: ConversationTotal } {
  const conversation = readings.findLast((one) => one.conversation)?.conversation ?? first;
  const costs = readings.map(({ result, usage }) => result?.costUsd ?? usage?.costUsd);
  const costUsd = costs.findLast((one) => one !== undefined);
  const tokens = readings.flatMap(tokensOf);
  return {
    ...(costUsd !== undefined && {
      costUsd: addedSince(turns, conversation, id, costUsd),
      total: { conversation, costUsd },
    }),
    ...(tokens.length > 0 && { tokens: sumOfTokens(tokens) }),
  };
}

/** The cost of the whole conversation, as the agent reported it. */
interface ConversationTotal {
  readonly conversation: string;
  readonly costUsd: number;
}

/** The cost of a turn in US dollars, as far as agents report it; undefined when they report nothing. */
export const knownCost = (
  readings: readonly Reading[],
  turns: string,
  turn: Pick<Turn, 'id' | 'conversation' | 'settings'>,
): number | undefined => costOf(spentIn(readings, turns, turn), turn.settings.prices);

/**
 * The tokens of an attempt. A result may not include the model's last answer, and answers may be reported
 * before they are complete, so the larger number counts.
 */
function tokensOf({ result, usage }: Reading): Tokens[] {
  const told = [result?.tokens, usage?.message && usage.tokens].filter((one) => one !== undefined);
  if (told.length === 0) return [];
  return [
    {
      input: Math.max(...told.map(({ input }) => input)),
      output: Math.max(...told.map(({ output }) => output)),
    },
  ];
}
