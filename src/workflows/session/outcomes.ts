import { MOST, shorten } from '../../domain/session/bounds.ts';
import { isSame, toldTogether } from '../../domain/session/failed-outcome.ts';
import type { SessionState } from '../../domain/session/state.ts';
import type { Outcome } from '../../domain/session/turn.ts';
import type { Session } from './session.ts';

/** What reviewers are told: a turn that only mends what is to be pushed takes nothing back of what was said to them. */
export function noteReplies(
  state: SessionState,
  { summary, replies = [] }: Extract<Outcome, { kind: 'done' }>,
): void {
  const isMending = state.turns.at(-1)?.kind === 'nudge' && state.report.said !== '';
  if (!isMending) state.report.said = summary;
  const before = isMending ? state.report.replies : [];
  state.report.replies = [
    ...before.filter(({ to }) => !replies.some((one) => one.to === to)),
    ...replies,
  ];
}

/**
 * Notes how it failed. Tells whether it failed in the same way just before, when another turn would be for nothing, and
 * both in words.
 */
export function noteFailure({ state }: Session, problem: string) {
  const before = state.failures.last;
  const now = { problem: shorten(problem, MOST.problem), diff: state.diff };
  state.failures.last = now;
  return { again: isSame(before, now), told: toldTogether(before, now) };
}

export const withTail = (told: string, tail: string): string =>
  [told.slice(0, 2_000), tail.slice(-2_000)].filter((text) => text !== '').join('\n\n');
