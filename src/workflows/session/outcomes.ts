import { aboutFeedback } from '../../domain/pull-request/feedback-text.ts';
import { MOST, shorten } from '../../domain/session/bounds.ts';
import { compareFailures, isSame } from '../../domain/session/failed-outcome.ts';
import { CANCEL } from '../../domain/session/options.ts';
import type { Postponed } from '../../domain/session/postponed.ts';
import type { SessionState } from '../../domain/session/state.ts';
import {
  GUIDANCE_TURN,
  type NextTurn,
  type Outcome,
  type QuestionInput,
} from '../../domain/session/turn.ts';
import type { Session } from './session.ts';

/** What follows from the outcome of a turn. */
interface AfterTurn {
  /** The turn after this one. */
  readonly next: NextTurn;
  /** What a person is asked before it. */
  readonly question?: QuestionInput;
  /** Whether it is the agent's own question. */
  readonly isAgents?: true;
}

type Judged = Exclude<Outcome, Postponed | { kind: 'interrupted' }>;

/** Stores what the agent reported in a turn that was not interrupted. @returns what comes next */
export function afterTurn(session: Session, outcome: Judged): AfterTurn {
  const { state } = session;
  const { nudged } = state.failures;
  state.failures.nudged = false;
  switch (outcome.kind) {
    case 'done':
      noteReport(state, outcome);
      return { next: GUIDANCE_TURN };
    case 'stuck':
      state.failures.last = null;
      return {
        ...{ next: GUIDANCE_TURN, isAgents: true },
        question: aboutFeedback(outcome, state.feedback.awaitingReply),
      };
    case 'invalid': {
      const { again, told } = noteFailure(session, outcome.problem);
      if (!nudged && !again) {
        state.failures.nudged = true;
        return { next: { kind: 'nudge', context: shorten(outcome.problem, MOST.problem) } };
      }
      return {
        next: GUIDANCE_TURN,
        question: {
          decision: `The agent ended its turn twice without a usable outcome: ${outcome.problem}`,
          options: [{ label: 'tell it what to do', effect: 'say' }, CANCEL],
          context: withTail(told, outcome.tail),
        },
      };
    }
    case 'failed':
      return {
        next: GUIDANCE_TURN,
        question: {
          decision: `The agent failed: ${outcome.reason}`,
          options: [{ label: 'repair the cause, then let it try again', effect: 'retry' }, CANCEL],
          asksFor: 'retry',
          context: withTail(noteFailure(session, outcome.reason).told, outcome.tail),
        },
      };
  }
}

type Done = Extract<Outcome, { kind: 'done' }>;

/**
 * Stores the texts for the pull request and the reviewers. A turn that only corrects the commits before a push
 * does not replace replies of the turn before.
 */
function noteReport({ report, turns, pullRequest }: SessionState, done: Done): void {
  const { summary, tests = '', replies = [] } = done;
  if (!pullRequest) Object.assign(report, { summary, tests });
  const isMending = turns.at(-1)?.kind === 'nudge' && report.said !== '';
  if (!isMending) report.said = summary;
  const before = isMending ? report.replies : [];
  report.replies = [
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
  return { again: isSame(before, now), told: compareFailures(before, now) };
}

const withTail = (told: string, tail: string): string =>
  [told.slice(0, 2_000), tail.slice(-2_000)].filter((text) => text !== '').join('\n\n');
