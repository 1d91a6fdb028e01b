import { MOST, shorten } from '../../../domain/session/bounds.ts';
import type { Conflict } from '../../../domain/session/conflict.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import { isPostponed } from '../../../domain/session/postponed.ts';
import { MAX_CONTEXT, type Question, type QuestionInput } from '../../../domain/session/turn.ts';
import { GIT_TIMEOUT } from '../../activities.ts';
import { failureType, questionAboutFailure } from '../ask-on-failure.ts';
import { ContinueAsNewDue, continueAsNewIfLong } from '../continue-as-new.ts';
import type { Session } from '../session.ts';
import { takeTurn } from '../turn.ts';
import { summarise } from '../turn-result.ts';
import { waitForLimit } from '../wait-for-limit.ts';

const CONFLICT_OPTIONS = [
  { label: 'have the agent resolve it: say what to keep', effect: 'attempt' },
  { label: 'I have resolved it by hand in the worktree', effect: 'resolved' },
  CANCEL,
] as const;

/** How many of a person's answers the agent gets again. */
const MOST_ANSWERS = 5;

/** The checks for a resolved conflict, and the timeout in seconds for a step that may run them. */
export function conflictChecks({ settings }: Session) {
  const { checks, hooks } = settings;
  return {
    checking: { checks, timeout: hooks.timeout },
    limit: GIT_TIMEOUT + hooks.timeout * checks.length,
  };
}

/**
 * Runs a git step that may have a conflict. After a conflict, the agent resolves it with the person's
 * guidance, or the person resolves it by hand. Then `step` is called with `resolved`, and checks the result
 * before it uses it.
 * @param overtaken whether the step has become unnecessary while somebody was asked
 * @returns undefined when it was overtaken
 */
export async function resolvingConflicts<T>(
  session: Session,
  activity: string,
  step: (resolved: boolean) => Promise<T>,
  overtaken: () => boolean = () => false,
): Promise<T | undefined> {
  const { state, policy } = session;
  // The results of a former execution are kept, so that turns and answers are not repeated.
  const carried = state.conflict?.activity === activity ? state.conflict : null;
  const conflict: Conflict = carried ?? {
    ...{ activity, resolved: false, agentReport: '', agentMayTry: policy.conflicts === 'attempt' },
    ...{ turnContext: null, agentQuestion: null },
  };
  state.conflict = conflict;
  try {
    const done = await takeStep(session, conflict, step, overtaken);
    state.conflict = null;
    return done;
  } catch (error) {
    if (!(error instanceof ContinueAsNewDue)) state.conflict = null;
    throw error;
  }
}

async function takeStep<T>(
  session: Session,
  conflict: Conflict,
  step: (resolved: boolean) => Promise<T>,
  overtaken: () => boolean,
): Promise<T | undefined> {
  for (;;) {
    try {
      if (conflict.turnContext) await resolveByAgent(session, conflict);
      return await step(conflict.resolved);
    } catch (error) {
      if (!(await mayTryAgain(session, conflict, error, overtaken))) return undefined;
    }
  }
}

/** Decides who resolves what a step met, and asks a person where that is not decided. @returns false when it was overtaken */
async function mayTryAgain(
  session: Session,
  conflict: Conflict,
  error: unknown,
  overtaken: () => boolean,
): Promise<boolean> {
  const asked = questionAboutFailure(error);
  const isConflict = ['RebaseConflict', 'NotResolved'].includes(failureType(error) ?? '');
  const needsNobody = isConflict && conflict.agentMayTry;
  const answer = needsNobody ? '' : await askAbout(session, conflict, asked, isConflict, overtaken);
  if (answer === undefined) return false;
  conflict.agentMayTry = false;
  if (!isConflict || conflict.resolved) return true;
  if (answer === '') await session.stopIfEnded();
  if (overtaken()) return false;
  conflict.turnContext = [asked.decision, asked.context, shorten(answer, MOST.problem)];
  return true;
}

/** Asks a person about a step that failed. @returns what they said; undefined when the step was overtaken */
async function askAbout(
  session: Session,
  conflict: Conflict,
  asked: QuestionInput,
  isConflict: boolean,
  overtaken: () => boolean,
): Promise<string | undefined> {
  const context = [conflict.agentReport, asked.context].filter((text) => text !== '').join('\n\n');
  const guidance = await session.askOperator(
    isConflict
      ? {
          ...{ ...asked, options: [...CONFLICT_OPTIONS], asksFor: 'resolution' },
          context: context.slice(0, MAX_CONTEXT),
        }
      : asked,
    overtaken,
  );
  if (guidance.length === 0) return undefined;
  conflict.agentReport = '';
  conflict.resolved = guidance.some(({ action }) => action === 'resolved');
  session.setActivity(conflict.activity);
  return guidance.map(({ text }) => text).join('\n\n');
}

/**
 * Runs turns in which the agent resolves a conflict, until it has no question any more. Whether it is
 * resolved is decided by the check that follows. What the agent said is kept for the person who is asked if
 * the check fails. Guidance about something else waits for the turn after.
 */
async function resolveByAgent(session: Session, conflict: Conflict): Promise<void> {
  for (;;) {
    continueAsNewIfLong();
    if (
      conflict.agentQuestion &&
      (await isResolvedByPerson(session, conflict, conflict.agentQuestion))
    )
      return resolvedBy(conflict, '');
    const context = (conflict.turnContext ?? []).filter((text) => text !== '').join('\n\n');
    const outcome = await takeTurn(session, { kind: 'resolve', context });
    if (isPostponed(outcome)) await waitForLimit(session, outcome);
    else if (outcome.kind === 'stuck')
      conflict.agentQuestion = { ...outcome, asksFor: 'resolution' };
    else if (outcome.kind !== 'interrupted')
      return resolvedBy(
        conflict,
        `The agent’s turn to resolve it ended ${outcome.kind}: ${shorten(summarise(outcome), MOST.summary)}`,
      );
  }
}

/** Asks what the agent asks, and keeps the answer for its next turn. @returns whether the person has resolved it instead */
async function isResolvedByPerson(
  session: Session,
  conflict: Conflict,
  asked: Question,
): Promise<boolean> {
  const given = await session.askOperator(asked);
  conflict.agentQuestion = null;
  const answers = given.map(({ text }) => shorten(text, MOST.problem));
  // The description of the conflict is kept, and the latest answers.
  const [decision = '', context = '', ...said] = [...(conflict.turnContext ?? []), ...answers];
  conflict.turnContext = [decision, context, ...said.slice(-MOST_ANSWERS)];
  return given.some(({ action }) => action === 'resolved');
}

function resolvedBy(conflict: Conflict, said: string): void {
  conflict.agentReport = said;
  conflict.turnContext = null;
  conflict.resolved = true;
}
