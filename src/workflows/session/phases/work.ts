import { aboutFeedback } from '../../../domain/pull-request/feedback-words.ts';
import { MOST, shorten } from '../../../domain/session/bounds.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import { isPostponed } from '../../../domain/session/postponed.ts';
import type { Phase } from '../../../domain/session/state.ts';
import { countedTurns } from '../../../domain/session/turn-log.ts';
import { follow } from '../branch/parent.ts';
import { integrateIfPushed } from '../branch/remote-commits.ts';
import { moveOnIfLong } from '../move-on.ts';
import { noteFailure, noteReplies, withTail } from '../outcomes.ts';
import { describePullRequest } from '../pull-request/body.ts';
import type { Session } from '../session.ts';
import { takeTurn } from '../turn.ts';
import { waitOut } from '../wait-out.ts';

/** Runs turns until the agent reports that it is done and git confirms it. */
export async function work(session: Session): Promise<Phase> {
  const { state } = session;
  for (;;) {
    if (session.hasEnded) return 'review';
    moveOnIfLong();
    await follow(session);
    await integrateIfPushed(session);
    await describePullRequest(session);
    await withinTurns(session);
    const outcome = await takeTurn(session);
    if (session.hasEnded) return 'review';
    const { nudged } = state.failures;
    if (!isPostponed(outcome) && outcome.kind !== 'interrupted') state.failures.nudged = false;
    switch (outcome.kind) {
      case 'done':
        if (!state.pullRequest) {
          state.report.summary = outcome.summary;
          state.report.tests = outcome.tests ?? '';
        }
        noteReplies(state, outcome);
        state.next = { kind: 'guidance', words: '' };
        return 'publish';
      case 'usage-limited':
      case 'unavailable':
      case 'over-budget':
        await waitOut(session, outcome);
        continue;
      case 'interrupted':
        // The reason of the turn is repeated, beside the guidance.
        continue;
      case 'stuck':
        state.failures.last = null;
        state.next = { kind: 'guidance', words: '' };
        await session.askForAgent(aboutFeedback(outcome, state.feedback.answering));
        break;
      case 'invalid': {
        const { again, told } = noteFailure(session, outcome.problem);
        if (!nudged && !again) {
          state.failures.nudged = true;
          state.next = { kind: 'nudge', words: shorten(outcome.problem, MOST.problem) };
          continue;
        }
        state.next = { kind: 'guidance', words: '' };
        await session.ask({
          decision: `The agent ended its turn twice without a usable outcome: ${outcome.problem}`,
          options: [{ label: 'tell it what to do', effect: 'say' }, CANCEL],
          context: withTail(told, outcome.tail),
        });
        break;
      }
      case 'failed':
        state.next = { kind: 'guidance', words: '' };
        await session.ask({
          decision: `The agent failed: ${outcome.reason}`,
          options: [{ label: 'repair the cause, then let it try again', effect: 'retry' }, CANCEL],
          asksFor: 'retry',
          context: withTail(noteFailure(session, outcome.reason).told, outcome.tail),
        });
        break;
    }
  }
}

/** Asks whether to continue each time the session has taken `policy.turns` further turns. */
async function withinTurns(session: Session): Promise<void> {
  const { state, policy } = session;
  const taken = countedTurns(state);
  if (taken < state.limits.turnsAsked + policy.turns) return;
  state.limits.turnsAsked = taken;
  await session.ask({
    decision: `Continue? ${taken} turns have been taken`,
    options: ['continue', CANCEL],
    context: state.turns.at(-1)?.summary ?? '',
  });
}
