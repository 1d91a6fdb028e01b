import { type Attempt, attemptsOf, fence, isOver, markStopped, stateOf } from './attempt.ts';
import { conclude } from './conclusion.ts';
import { readEnding, recordEnding } from './ending.ts';
import type { Turn, TurnEnding, TurnPorts } from './ports.ts';
import { claimAttempt } from './supervisor.ts';
import { stop } from './watch.ts';

/**
 * Ends a turn, whoever watches it. Running processes get SIGTERM first, and no agent starts in the turn
 * afterwards. If the agent has ended by itself, its outcome stays; otherwise the outcome is `interrupted`.
 */
export async function stopTurn(
  turn: Turn,
  ports: Pick<TurnPorts, 'turns' | 'adapter' | 'env' | 'grace'>,
): Promise<TurnEnding> {
  const { turns, adapter, env, grace } = ports;
  for (;;) {
    const ended = readEnding(turns, turn.id);
    if (ended) return ended;
    const attempts = attemptsOf(turns, turn.id);
    const last = attempts.at(-1);
    if (last && !isOver(stateOf(last))) markStopped(last, 'cancelled');
    if (last) await stop(last, grace);
    const seal = sealAfter(last, turn, ports);
    if (!seal) continue;
    const taken = attempts.length > 0 ? attempts : [seal];
    const next = last && (await conclude(taken, endOf(last), turn, ports));
    const ending =
      next && 'outcome' in next
        ? next
        : await conclude(taken, { is: 'stopped', reason: 'cancelled' }, turn, { turns, adapter });
    if ('outcome' in ending) return recordEnding(turns, turn.id, ending, env);
  }
}

/** How an attempt ended. After `stop`, no process of it runs, so it has ended. */
function endOf(attempt: Attempt) {
  const state = stateOf(attempt);
  return isOver(state) ? state : ({ is: 'lost' } as const);
}

/**
 * Claims the next attempt and fences it, so that no agent starts in it.
 * @returns undefined when a watcher has claimed it before
 */
function sealAfter(
  last: Attempt | undefined,
  turn: Turn,
  { turns, adapter }: Pick<TurnPorts, 'turns' | 'adapter'>,
): Attempt | undefined {
  const how = { adapter: adapter.name, resume: turn.resume };
  const seal = claimAttempt(turns, turn.id, (last?.number ?? 0) + 1, how, '');
  if (!seal) return undefined;
  markStopped(seal, 'cancelled');
  fence(seal);
  return seal;
}
