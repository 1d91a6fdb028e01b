import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from '../../domain/session/turn.ts';
import type { AgentAdapter, Conclusion, Reading } from '../adapters/adapter.ts';
import { readReport, withPlan } from '../adapters/report.ts';
import { exceededLimitIn, refusalsIn, withRefusals } from '../sandbox/refusals.ts';
import {
  type Attempt,
  type AttemptEnd,
  type AttemptState,
  type StopReason,
  stateOf,
  wasOpened,
} from './attempt.ts';
import { noteTotal } from './costs.ts';
import { tailOf } from './journal.ts';
import type { Turn, TurnEnding, TurnPorts } from './ports.ts';
import { readJournal } from './reading.ts';
import { spentIn } from './spending.ts';

/** The next attempt of a turn. */
export interface NextAttempt {
  readonly number: number;
  readonly resume: boolean;
  readonly conversation: string;
}

/**
 * How many attempts may be killed or lost before the turn fails. Attempts that Coppice stopped do not count.
 */
const MAX_LOSSES = 5;

/** How much of the standard error is read, in bytes. */
const ERRORS = 2_000;

interface Past {
  readonly attempt: Attempt;
  readonly reading: Reading;
}

/** Decides what the end of the last attempt means: the turn's result, or another attempt. */
export async function conclude(
  attempts: readonly Attempt[],
  end: AttemptEnd,
  turn: Turn,
  { turns, adapter }: Pick<TurnPorts, 'turns' | 'adapter'>,
): Promise<TurnEnding | NextAttempt> {
  const past = attempts.map((attempt) => ({ attempt, reading: readJournal(attempt, adapter) }));
  const last = past[past.length - 1] as Past;
  const conversation = past.findLast((one) => one.reading.conversation)?.reading.conversation;
  const conclusion = conclusionOf(last, past, end, turn, adapter);

  const losses = attempts.filter((attempt) => stateOf(attempt).is !== 'stopped').length;
  // Another attempt would use up as much again.
  const exceeded = exceededLimitIn(last.attempt.directory);
  if ('again' in conclusion && losses < MAX_LOSSES && exceeded === undefined) {
    const resume = conclusion.again === 'resume';
    const number = last.attempt.number + 1;
    return { number, resume, conversation: conversation ?? turn.conversation };
  }
  const { result } = last.reading;
  return {
    outcome: withRefusals(
      'outcome' in conclusion
        ? conclusion.outcome
        : failed(
            exceeded === undefined
              ? `the agent was killed or lost ${losses} times`
              : `the agent and all its programs used ${exceeded}, and were ended`,
            last,
          ),
      refusalsIn(last.attempt.directory),
    ),
    ...(conversation !== undefined && { conversation }),
    ...progress(past, turn, adapter),
    ...(await spent(past, turns, turn)),
    denials: [...(result?.denials ?? [])],
    attempts: attempts.length,
    durationMs: durationOf(attempts),
  };
}

/** Whether the conversation has begun, and whether the agent has answered in this turn. */
function progress(
  past: readonly Past[],
  { resume }: Turn,
  adapter: AgentAdapter,
): Pick<TurnEnding, 'begun' | 'responded'> {
  const began = past.filter((one) => hasBegun(one, adapter));
  return {
    begun: resume || began.length > 0 || past.some(({ attempt }) => attempt.start.resume),
    responded: began.some(
      ({ reading }) => reading.recent.length > 0 || reading.result !== undefined,
    ),
  };
}

const hasBegun = ({ attempt, reading }: Past, adapter: AgentAdapter): boolean =>
  wasOpened(attempt) && adapter.began(reading);

/** The cost and tokens of the turn. The conversation's total is stored for later turns. */
async function spent(
  past: readonly Past[],
  turns: string,
  turn: Turn,
): Promise<Pick<TurnEnding, 'costUsd' | 'tokens'>> {
  const readings = past.map(({ reading }) => reading);
  const { total, ...taken } = spentIn(readings, turns, turn);
  if (total) await noteTotal(turns, total.conversation, turn.id, total.costUsd);
  return taken;
}

function conclusionOf(
  last: Past,
  past: readonly Past[],
  end: AttemptEnd,
  turn: Turn,
  adapter: AgentAdapter,
): Conclusion {
  const stalls = past.filter(({ attempt }) => isStalled(stateOf(attempt))).length;
  if (end.is === 'stopped' && end.reason === 'stalled' && stalls > 1)
    return { outcome: failed(`it was silent for ${turn.idleTimeout} s, twice`, last) };
  if (end.is === 'stopped' && end.reason === 'over budget')
    return { outcome: { kind: 'over-budget' } };
  if (end.is === 'stopped' && end.reason === 'cancelled')
    return { outcome: { kind: 'interrupted' } };
  if (end.is === 'stopped' && !isResumed(end.reason)) return { outcome: failed(end.reason, last) };
  if (end.is !== 'ended' || wasKilled(end.code)) {
    const begun = past.some((one) => hasBegun(one, adapter));
    return { again: begun || last.attempt.start.resume ? 'resume' : 'start' };
  }
  const tail = tailFor(last);
  const conclusion = adapter.conclude({
    code: end.code,
    resumed: last.attempt.start.resume,
    reading: last.reading,
    report: readReport(turn.worktree, tail, last.reading.report),
    errors: errorsOf(last),
    tail,
  });
  return turn.kind === 'plan' && 'outcome' in conclusion
    ? { outcome: withPlan(conclusion.outcome, turn.worktree) }
    : conclusion;
}

/** Whether the conversation is resumed after Coppice stopped the agent. */
const isResumed = (reason: StopReason): boolean => reason === 'interrupted' || reason === 'stalled';

const isStalled = (state: AttemptState): boolean =>
  state.is === 'stopped' && state.reason === 'stalled';

/** A shell reports death by a signal as 128 plus the signal's number. */
const wasKilled = (code: number): boolean => code > 128 && code < 160;

const failed = (reason: string, past: Past): Outcome => ({
  kind: 'failed',
  reason,
  tail: tailFor(past),
});

const errorsOf = ({ attempt }: Past): string => tailOf(join(attempt.directory, 'stderr'), ERRORS);

const tailFor = (past: Past): string =>
  [...past.reading.recent, errorsOf(past)].filter((line) => line !== '').join('\n');

/** The time from the first start to the last exit, in milliseconds. */
function durationOf(attempts: readonly Attempt[]): number {
  const started = Date.parse(attempts[0]?.start.startedAt ?? '');
  const last = attempts[attempts.length - 1] as Attempt;
  const exit = statSync(join(last.directory, 'exit'), { throwIfNoEntry: false });
  return Math.max(0, Math.round((exit?.mtimeMs ?? Date.now()) - started));
}
