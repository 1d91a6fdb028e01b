import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setCurrentDetails,
  sleep,
} from '@temporalio/workflow';
import { migrate } from '../../domain/session/migrate.ts';
import { CANCEL, withDefaults } from '../../domain/session/options.ts';
import { pendingGuidance } from '../../domain/session/received-guidance.ts';
import type { SessionResult } from '../../domain/session/reports.ts';
import { SessionInput } from '../../domain/session/session.ts';
import {
  changeStatusFacts,
  type Next,
  newSession,
  type SessionState,
} from '../../domain/session/state.ts';
import type { Phase } from '../../domain/session/status.ts';
import { MAX_CONTEXT, type QuestionInput, questionInFull } from '../../domain/session/turn.ts';
import { costUsd, countedTurns } from '../../domain/session/turn-log.ts';
import { sessionWorkflowId } from '../../domain/shared/identity.ts';
import { parseInput, refuseForeignState, refuseOtherId } from '../input.ts';
import { sessionAttributes, setAttributes } from '../search-attributes.ts';
import { askOnFailure, questionAboutFailure } from './ask-on-failure.ts';
import { ContinueAsNewDue, continueAsNewIfLong, isHistoryLong } from './continue-as-new.ts';
import { registerHandlers } from './handlers.ts';
import { plan } from './phases/plan.ts';
import { publish } from './phases/publish.ts';
import { register } from './phases/register.ts';
import { rest, review } from './phases/review.ts';
import { work } from './phases/work.ts';
import { PullRequestEnded } from './pull-request-ended.ts';
import { Session } from './session.ts';
import { unregisterCancelled } from './unregister-watch.ts';

/** Each phase returns the next one, or the turn that `work` takes next. */
const PHASES: Record<Exclude<Phase, 'ended'>, (session: Session) => Promise<Next>> = {
  register,
  plan,
  work,
  publish,
  review,
};

/**
 * One issue's life, from registration to merge. `carried` is the state of a former execution, which continued
 * as new. The workflow ends only merged or cancelled.
 * @throws ApplicationFailure InvalidInput, before anything is made
 */
export async function issueWorkflow(
  input: SessionInput,
  carried?: SessionState,
): Promise<SessionResult> {
  const parsed = parseInput(SessionInput, input);
  refuseOtherId(sessionWorkflowId(parsed.repository, parsed.issue));
  refuseForeignState(carried);
  const fresh = () => newSession(parsed, new Date().toISOString());
  const read = carried ? migrate(carried) : { state: fresh() };
  if ('problem' in read) return await waitForReader(input, carried, fresh(), read.problem);
  const session = new Session(read.state);
  registerHandlers(session);
  const { state } = session;
  try {
    await session.scope.run(async () => {
      while (state.phase !== 'ended') {
        const next = await runPhase(session, state.phase);
        session.goTo(next);
        if (next !== 'ended' && isHistoryLong()) {
          await session.waitUntilPublished();
          // Message handlers that have begun must finish in this execution, because their senders wait for them.
          await condition(allHandlersFinished);
          await continueAsNew<typeof issueWorkflow>(input, state);
        }
      }
    });
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() => endCancelled(session));
      // A session that a comment cancelled returns normally. One that Temporal cancelled ends as cancelled,
      // as Temporal expects.
      if (CancellationScope.current().consideredCancelled) throw error;
    } else throw error;
  }
  await session.waitUntilPublished();
  await condition(allHandlersFinished);
  return {
    issue: parsed.issue,
    status: state.cancelled ? 'cancelled' : 'merged',
    pullRequestUrl: state.pullRequest?.url ?? null,
    turns: countedTurns(state),
    costUsd: costUsd(state),
  };
}

/**
 * Called when this version of Coppice can't read the state of the execution before. Nothing of the state is
 * lost: guidance starts another execution with it, which a repaired version can run.
 */
async function waitForReader(
  input: SessionInput,
  carried: SessionState | undefined,
  shown: SessionState,
  problem: string,
): Promise<never> {
  const session = new Session(shown);
  registerHandlers(session);
  const { state } = session;
  log.error('the state of a session can’t be read', { problem });
  state.activity = 'waits for a version of Coppice that can read its state';
  state.stuck = {
    decision: 'This version of Coppice can’t read what the session knows. What now?',
    options: [
      ...withDefaults([
        { label: 'start another version of Coppice, then let it try again', effect: 'retry' },
        CANCEL,
      ]),
    ],
    context: problem.slice(0, MAX_CONTEXT),
    asksFor: 'retry',
  };
  setAttributes(sessionAttributes(state.input, session.status));
  setCurrentDetails(`**Decision needed:** ${state.stuck.decision}\n\n${state.stuck.context}`);
  await condition(() => pendingGuidance(state.guidance).length > 0);
  await condition(allHandlersFinished);
  return await continueAsNew<typeof issueWorkflow>(input, carried);
}

/**
 * Runs a phase, or continues it. Returns the next phase, or the same one when this execution must continue as new.
 */
async function runPhase(session: Session, phase: Exclude<Phase, 'ended'>): Promise<Next> {
  const { state } = session;
  const whole = async (): Promise<Next> => {
    // The terminal that a former execution opened still has the worktree.
    if (state.attached) {
      if (phase === 'review') return await rest(session, () => true);
      await session.waitUntil(() => true);
    }
    await session.finishAsking();
    return runOrAsk(session, phase);
  };
  try {
    const next = await unlessEnded(whole());
    state.openQuestion = null;
    return next;
  } catch (error) {
    if (!(error instanceof ContinueAsNewDue))
      await waitUnnotified(session, questionAboutFailure(error));
    return state.phase;
  }
}

/** The pause between two attempts when nobody can be asked any more. */
const AGAIN = '10 minutes';

/** A failure that no step handled makes the session ask as well. Then the phase begins again. */
const runOrAsk = (session: Session, phase: Exclude<Phase, 'ended'>): Promise<Next> =>
  askOnFailure(session, 'goes on', () => runToEnd(session, phase));

async function runToEnd(session: Session, phase: Exclude<Phase, 'ended'>): Promise<Next> {
  for (;;) {
    try {
      return await PHASES[phase](session);
    } catch (error) {
      const { decision } = questionAboutFailure(error);
      // Elsewhere the end of the pull request leads to its review.
      if (phase !== 'review' || !session.hasEnded || session.waitsForParent) throw error;
      log.error('a session whose pull request has ended fails to end', { decision });
      continueAsNewIfLong();
      await sleep(AGAIN, { summary: 'Try to end the session again' });
    }
  }
}

/** The last resort, when even asking fails. Only the workflow's queries show the question. */
async function waitUnnotified({ state }: Session, asked: QuestionInput): Promise<void> {
  const before = pendingGuidance(state.guidance).length;
  changeStatusFacts(state, new Date().toISOString(), { stuck: questionInFull(asked) });
  state.activity = 'waits for guidance';
  await condition(() => pendingGuidance(state.guidance).length > before || isHistoryLong());
}

/** When the pull request has ended, the review phase decides what happens to the session. */
const unlessEnded = (phase: Promise<Next>): Promise<Next> =>
  phase.catch((error: unknown) => {
    if (error instanceof PullRequestEnded) return 'review';
    throw error;
  });

const CANCELLED = { stuck: null, cancelled: true } as const;

/**
 * Ends a cancelled session. Its agent has been stopped already, unless the host is gone, and its work stays until it
 * is pruned. What can’t be done on a lost host, the host does when it comes back.
 */
async function endCancelled(session: Session): Promise<void> {
  const { state } = session;
  state.attached = null;
  const turn = state.turns.at(-1);
  if (turn?.endedAt === null) {
    turn.endedAt = new Date().toISOString();
    turn.outcome = 'cancelled';
  }
  if (state.registration && !session.isHostGone && !(await unregisterCancelled(session)))
    session.leaveHost();
  const why = 'cancelled by a person';
  if (session.isHostGone) {
    const left = `its host ${session.location.hostId} does not answer, where its agent may be at work until \`coppice up\` runs there again`;
    session.setActivity(`${why}; ${left}`, CANCELLED);
  } else session.setActivity(why, CANCELLED);
  await session.waitUntilPublished();
}
