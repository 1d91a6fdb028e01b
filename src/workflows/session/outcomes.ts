import { MOST, shorten } from '../../domain/session/bounds.ts';
import { isSame, toldTogether } from '../../domain/session/failed-outcome.ts';
import type { SessionState } from '../../domain/session/state.ts';
import type { Outcome } from '../../domain/session/turn.ts';
import type { Session } from './session.ts';

/**
 * Stores the replies to reviewers. A turn that only corrects the commits before a push does not replace
 * replies of the turn before.
 */
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
 * Records a failure. Returns whether the turn failed in the same way as the one before, so that another turn
 * would be useless, and a text about both.
 */
export function noteFailure({ state }: Session, problem: string) {
  const before = state.failures.last;
  const now = { problem: shorten(problem, MOST.problem), diff: state.diff };
  state.failures.last = now;
  return { again: isSame(before, now), told: toldTogether(before, now) };
}

export const withTail = (told: string, tail: string): string =>
  [told.slice(0, 2_000), tail.slice(-2_000)].filter((text) => text !== '').join('\n\n');
