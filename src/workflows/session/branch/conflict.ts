import type { Conflict } from '../../../domain/session/asking.ts';
import { MOST, shorten } from '../../../domain/session/bounds.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import { isPostponed } from '../../../domain/session/postponed.ts';
import { MAX_CONTEXT, type Outcome } from '../../../domain/session/turn.ts';
import { GIT_LIMIT } from '../../activities.ts';
import { question, typeOf } from '../ask-on-failure.ts';
import { MovesOn, moveOnIfLong } from '../move-on.ts';
import type { Session } from '../session.ts';
import { summarise, takeTurn } from '../turn.ts';
import { waitOut } from '../wait-out.ts';

const CONFLICT_OPTIONS = [
  { label: 'have the agent resolve it: say what to keep', effect: 'attempt' },
  { label: 'I have resolved it by hand in the worktree', effect: 'resolved' },
  CANCEL,
] as const;

/** As many of a person's answers as the agent is told again. */
const MOST_ANSWERS = 5;

/** What a resolved conflict is checked by, and the seconds in which a step that may have to can be done. */
export function resolving({ settings }: Session) {
  const { checks, hooks } = settings;
  return {
    checking: { checks, timeout: hooks.timeout },
    limit: GIT_LIMIT + hooks.timeout * checks.length,
  };
}

/**
 * Takes a step in git that may meet a conflict. After one the person's words go to the agent, which resolves it, or the
 * person has resolved it by hand; either way `step` is told, and checks the result before it takes it up.
 * @param overtaken says that the step has become needless while somebody was asked
 * @returns undefined when it was overtaken
 */
export async function throughConflicts<T>(
  session: Session,
  activity: string,
  step: (resolved: boolean) => Promise<T>,
  overtaken: () => boolean = () => false,
): Promise<T | undefined> {
  const { state, policy } = session;
  // What a former execution came to holds: turns of the agent and answers of a person are not taken again.
  const carried = state.conflict?.activity === activity ? state.conflict : null;
  const conflict: Conflict = carried ?? {
    ...{ activity, resolved: false, said: '', mayAttempt: policy.conflicts === 'attempt' },
    ...{ attempting: null, asked: null },
  };
  state.conflict = conflict;
  try {
    const done = await takeStep(session, conflict, step, overtaken);
    state.conflict = null;
    return done;
  } catch (error) {
    if (!(error instanceof MovesOn)) state.conflict = null;
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
      if (conflict.attempting) await resolveByAgent(session, conflict);
      return await step(conflict.resolved);
    } catch (error) {
      const asked = question(error);
      const isConflict = ['RebaseConflict', 'NotResolved'].includes(typeOf(error) ?? '');
      let words = '';
      if (!isConflict || !conflict.mayAttempt) {
        const told = [conflict.said, asked.context].filter((text) => text !== '').join('\n\n');
        const context = told.slice(0, MAX_CONTEXT);
        const guidance = await session.askOperator(
          isConflict
            ? { ...asked, options: [...CONFLICT_OPTIONS], context, asksFor: 'resolution' }
            : asked,
          overtaken,
        );
        if (guidance.length === 0) return undefined;
        conflict.said = '';
        conflict.resolved = guidance.some(({ action }) => action === 'resolved');
        words = guidance.map(({ text }) => text).join('\n\n');
        session.setStatus('working', conflict.activity);
      }
      conflict.mayAttempt = false;
      if (isConflict && !conflict.resolved) {
        if (words === '') await session.stopIfEnded();
        if (overtaken()) return undefined;
        conflict.attempting = [asked.decision, asked.context, shorten(words, MOST.problem)];
      }
    }
  }
}

/**
 * Turns in which the agent resolves a conflict, until it has no question any more. Whether it did resolve it is for the
 * check that follows, whatever it says: that is kept for the person who is asked when the check finds that it did not.
 * Guidance about something else waits for the turn after.
 */
async function resolveByAgent(session: Session, conflict: Conflict): Promise<void> {
  const { state } = session;
  const { next } = state;
  for (;;) {
    moveOnIfLong();
    if (conflict.asked) {
      const given = await session.askOperator(conflict.asked);
      conflict.asked = null;
      if (given.some(({ action }) => action === 'resolved')) return resolvedBy(conflict, '');
      const answers = given.map(({ text }) => shorten(text, MOST.problem));
      // What the conflict is about, and the latest answers.
      const [decision = '', context = '', ...said] = [...(conflict.attempting ?? []), ...answers];
      conflict.attempting = [decision, context, ...said.slice(-MOST_ANSWERS)];
    }
    const words = (conflict.attempting ?? []).filter((text) => text !== '').join('\n\n');
    state.next = { kind: 'resolve', words };
    let outcome: Outcome;
    try {
      outcome = await takeTurn(session);
    } finally {
      state.next = next;
    }
    if (isPostponed(outcome)) {
      await waitOut(session, outcome);
      continue;
    }
    if (outcome.kind === 'interrupted') continue;
    if (outcome.kind !== 'stuck')
      return resolvedBy(
        conflict,
        `The agent’s turn to resolve it ended ${outcome.kind}: ${shorten(summarise(outcome), MOST.summary)}`,
      );
    conflict.asked = { ...outcome, asksFor: 'resolution' };
  }
}

function resolvedBy(conflict: Conflict, said: string): void {
  conflict.said = said;
  conflict.attempting = null;
  conflict.resolved = true;
}
