import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { attemptsIn } from '../domain/postponed.ts';
import { SessionInput, type SessionResult } from '../domain/session.ts';
import { newSession, type Phase, type SessionState } from '../domain/session-state.ts';
import { onHost } from './activities.ts';
import { parseInput } from './input.ts';
import { plan, publish, register, work } from './life.ts';
import { review } from './review.ts';
import { PullRequestEnded, Session } from './session.ts';
import { settle } from './settle.ts';

const LIFE: Record<Exclude<Phase, 'ended'>, (session: Session) => Promise<Phase>> = {
  register,
  plan,
  work,
  publish,
  review,
};

/**
 * One issue's life, from registration to merge. `carried` is the state of a former execution, which continued as new.
 * Ends merged or cancelled, and in no other way.
 * @throws ApplicationFailure with a type that domain/failure.ts rejects, before anything is made
 */
export async function issueWorkflow(
  input: SessionInput,
  carried?: SessionState,
): Promise<SessionResult> {
  const parsed = parseInput(SessionInput, input);
  const session = new Session(carried ?? newSession(parsed, uuid4(), new Date().toISOString()));
  const { state } = session;
  try {
    await session.life.run(async () => {
      while (state.phase !== 'ended') {
        state.phase = await unlessEnded(live(session, state.phase));
        if (workflowInfo().continueAsNewSuggested && state.phase !== 'ended') {
          await condition(allHandlersFinished);
          await continueAsNew<typeof issueWorkflow>(input, state);
        }
      }
    });
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => endCancelled(session, 'cancelled by a person'));
      // Cancelled by a comment, it ends as by a closed pull request; by Temporal, as Temporal expects.
      if (CancellationScope.current().consideredCancelled) throw error;
    } else {
      if (state.phase === 'register') await endCancelled(session, 'refused');
      throw error;
    }
  }
  await condition(allHandlersFinished);
  return {
    issue: parsed.issue,
    status: state.status === 'cancelled' ? 'cancelled' : 'merged',
    pullRequestUrl: state.pullRequest?.url ?? null,
    turns: attemptsIn(state.turns),
    costUsd: state.costUsd,
  };
}

/** What fails and no step has settled makes the session ask as well; then the phase is taken again. Registration refuses. */
const live = (session: Session, phase: Exclude<Phase, 'ended'>): Promise<Phase> =>
  phase === 'register'
    ? LIFE.register(session)
    : settle(session, 'goes on', () => LIFE[phase](session));

/** Whatever it was about: what becomes of the session is told by its pull request then. */
const unlessEnded = (phase: Promise<Phase>): Promise<Phase> =>
  phase.catch((error: unknown) => {
    if (error instanceof PullRequestEnded) return 'review';
    throw error;
  });

/** The agent has been stopped already; the work stays until it is pruned. */
async function endCancelled(session: Session, why: string): Promise<void> {
  const { state } = session;
  state.attached = null;
  const turn = state.turns.at(-1);
  if (turn?.endedAt === null) {
    turn.endedAt = new Date().toISOString();
    turn.outcome = 'cancelled';
  }
  if (state.registration) {
    await onHost(session.place).unwatch({ place: session.place });
  }
  await session.become('cancelled', why);
}
