import { ApplicationFailure, log } from '@temporalio/workflow';
import { stopYielding } from '../../domain/pull-request/stop-yielding.ts';
import { isOnlyRaise } from '../../domain/session/guidance.ts';
import { type GuidanceTarget, isAnswer, readGuidance } from '../../domain/session/read-guidance.ts';
import {
  excerptOf,
  markDelivered,
  pendingGuidance,
  receive,
} from '../../domain/session/received-guidance.ts';
import { noteRefusal } from '../../domain/session/refusals.ts';
import type { SessionState } from '../../domain/session/state.ts';

/** @throws ApplicationFailure InvalidInput, when guidance can't be taken now */
export function refuseGuidance(state: SessionState, input: unknown): void {
  const read = readGuidance(input, targetOf(state));
  if ('problem' in read)
    throw ApplicationFailure.nonRetryable(
      `did not accept the guidance: ${read.problem}`,
      'InvalidInput',
    );
}

/**
 * Stores guidance, or records why it is refused.
 * @returns whether it was stored
 */
export function receiveGuidance(state: SessionState, input: unknown): boolean {
  const read = readGuidance(input, targetOf(state));
  if ('problem' in read) {
    noteRefused(state, input, read.problem);
    return false;
  }
  const { guidance } = read;
  state.limits.budgetTopUp += guidance.budget;
  state.allowed = [...new Set([...state.allowed, ...guidance.allow])];
  const turn = state.turns.at(-1)?.startedAt;
  receive(state.guidance, guidance, { at: new Date().toISOString(), turn });
  if (!isOnlyRaise(guidance)) {
    // A person wants the session to continue, even if somebody else is repairing the pull request.
    stopYielding(state.feedback);
    state.feedback.repairs = [];
    state.feedback.turnsBy = {};
  }
  return true;
}

/** What decides whether guidance can be accepted now. */
function targetOf(state: SessionState): GuidanceTarget {
  const { input, phase, cancelled, pullRequest, stuck, guidance, allowed } = state;
  const isOver = phase === 'ended' || cancelled;
  const nothingLeft = pullRequest?.merged === true && !stuck;
  return {
    issue: input.issue,
    ...openQuestion(state),
    closedReason: isOver
      ? 'it has ended'
      : nothingLeft
        ? 'its pull request is merged, and there is nothing left to guide'
        : undefined,
    pending: pendingGuidance(guidance),
    allowed,
  };
}

/** The question that waits, unless what answers it is here and about to be acted on. */
function openQuestion({ stuck, openQuestion: asking, guidance }: SessionState) {
  const from = asking?.how === 'askOperator' ? asking.guidanceBefore : 0;
  const answer = pendingGuidance(guidance)
    .slice(from)
    .find((one) => stuck && isAnswer(stuck.asksFor, one));
  const last = answer ?? (stuck ? undefined : guidance.at(-1));
  return {
    question: answer ? null : stuck,
    answer: last ? excerptOf(last) || last.action : null,
  };
}

/** Records guidance as refused that did not reach the agent before the pull request was merged. */
export function refusePending(state: SessionState): void {
  const pending = pendingGuidance(state.guidance);
  for (const guidance of pending)
    noteRefused(
      state,
      excerptOf(guidance),
      'its pull request was merged before the agent heard of it',
    );
  markDelivered(pending, new Date().toISOString());
}

/** Records, for the person to see, what was refused, and why. */
export function noteRefused(state: SessionState, what: unknown, reason: string): void {
  log.warn('a message was not taken', { reason });
  noteRefusal(state.refused, { what, reason, at: new Date().toISOString() });
}
