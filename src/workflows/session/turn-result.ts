import type { TurnInput } from '../../activities/agent/turn-types.ts';
import { MOST, shorten } from '../../domain/session/bounds.ts';
import { costOf } from '../../domain/session/budget.ts';
import { isPostponed } from '../../domain/session/postponed.ts';
import {
  type ReceivedGuidance,
  shortenDelivered,
  undoDelivery,
} from '../../domain/session/received-guidance.ts';
import type { TurnEntry } from '../../domain/session/session.ts';
import { noteWork } from '../../domain/session/state.ts';
import {
  askingForTools,
  type Outcome,
  type TurnResult,
  verified,
} from '../../domain/session/turn.ts';
import { noteSpending } from '../../domain/session/turn-log.ts';
import type { Session } from './session.ts';

/** A turn that has begun. */
export interface RunningTurn {
  readonly input: TurnInput;
  readonly entry: TurnEntry;
  /** The guidance that it delivers. */
  readonly guidance: readonly ReceivedGuidance[];
}

/** Takes the result of a turn into the session's state. @returns its outcome, as git confirms it */
export function noteResult(session: Session, turn: RunningTurn, result: TurnResult): Outcome {
  const { state } = session;
  const { input, entry, guidance } = turn;
  state.limits.ignoreUsageLimit = false;
  if (result.attempts === 0) {
    // No turn was run, because the account waits for the end of its usage limit.
    state.turns.pop();
    undoDelivery(guidance);
    return result.outcome;
  }
  const outcome = outcomeOf(session, turn, result);
  const id = result.conversation ?? input.conversation;
  state.conversation = result.begun ? { id, adapter: input.agent.adapter } : null;
  noteWork(state, result.work);
  // A postponed turn is repeated as it was. So is a turn whose agent was stopped before it had read its
  // prompt.
  const isUnheard = isPostponed(outcome) || (outcome.kind === 'interrupted' && !result.responded);
  if (isUnheard) undoDelivery(guidance);
  else state.unknownCommits = 0;
  shortenDelivered(state.guidance);
  const cost = costOf(result, input.agent.prices);
  // A turn that was stopped at its cost limit counts at least with that limit.
  const costUsd = outcome.kind === 'over-budget' ? Math.max(cost ?? 0, input.costLimit ?? 0) : cost;
  state.lastHeartbeat = new Date().toISOString();
  entry.endedAt = state.lastHeartbeat;
  entry.outcome = outcome.kind;
  entry.costUsd = costUsd ?? null;
  entry.tokens = result.tokens ?? null;
  entry.summary = shorten(summarise(outcome), MOST.summary);
  noteSpending(state.spending, state.lastHeartbeat, costUsd ?? 0);
  return outcome;
}

/** How the turn ended, whatever its agent claims. */
function outcomeOf(
  { location }: Session,
  { input, entry }: RunningTurn,
  { outcome, work, denials }: TurnResult,
): Outcome {
  const checked = entry.kind === 'plan' ? outcome : verified(outcome, work, location.branch);
  const asking = askingForTools(checked, denials);
  // A person can't raise a cost limit of the agent's own settings here, so reaching it is a failure.
  return asking.kind === 'over-budget' && input.costLimit === undefined
    ? { kind: 'failed', reason: 'it reached the cost limit of its own settings', tail: '' }
    : asking;
}

export function summarise(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'done':
      return outcome.summary;
    case 'stuck':
      return outcome.decision;
    case 'usage-limited':
      return outcome.until === undefined ? 'usage limit' : `usage limit until ${outcome.until}`;
    case 'over-budget':
      return 'stopped: its budget is spent';
    case 'interrupted':
      return 'stopped for your guidance';
    case 'unavailable':
    case 'failed':
      return outcome.reason;
    case 'invalid':
      return outcome.problem;
  }
}
