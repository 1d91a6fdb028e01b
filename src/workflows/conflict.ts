import { isPostponed } from '../domain/postponed.ts';
import { MAX_CONTEXT } from '../domain/turn.ts';
import { GIT_LIMIT } from './activities.ts';
import type { Session } from './session.ts';
import { question, typeOf } from './settle.ts';
import { summarise, takeTurn } from './turns.ts';
import { waitOut } from './wait-out.ts';

const CONFLICT_OPTIONS = [
  'have the agent resolve it: coppice guide with what to keep',
  'resolve it by hand in the worktree: coppice guide --resolved',
  'cancel the session',
];

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
  let resolved = false;
  let said = '';
  let mayAttempt = session.policy.conflicts === 'attempt';
  for (;;) {
    try {
      return await step(resolved);
    } catch (error) {
      const asked = question(error);
      const isConflict = ['RebaseConflict', 'NotResolved'].includes(typeOf(error) ?? '');
      let words = '';
      if (!isConflict || !mayAttempt) {
        const told = [said, asked.context].filter((text) => text !== '').join('\n\n');
        const context = told.slice(0, MAX_CONTEXT);
        const guidance = await session.consult(
          isConflict
            ? { ...asked, options: CONFLICT_OPTIONS, context, asksFor: 'resolution' }
            : asked,
          overtaken,
        );
        if (guidance.length === 0) return undefined;
        said = '';
        resolved = guidance.some(({ action }) => action === 'resolved');
        words = guidance.map(({ text }) => text).join('\n\n');
        await session.become('working', activity);
      }
      mayAttempt = false;
      if (isConflict && !resolved) {
        if (words === '') await session.stopIfEnded();
        if (overtaken()) return undefined;
        said = await attempt(session, [asked.decision, asked.context, words]);
        resolved = true;
      }
    }
  }
}

/**
 * Turns in which the agent resolves a conflict, until it has no question any more. Whether it did resolve it is for the
 * check that follows, whatever it says. Guidance about something else waits for the turn after.
 * @returns what it said, for the person who is asked when the check finds that it did not
 */
async function attempt(session: Session, about: readonly string[]): Promise<string> {
  const { state } = session;
  const { next } = state;
  for (let answers: readonly string[] = []; ; ) {
    const words = [...about, ...answers].filter((text) => text !== '').join('\n\n');
    state.next = { kind: 'resolve', words };
    const outcome = await takeTurn(session);
    state.next = next;
    if (isPostponed(outcome)) {
      await waitOut(session, outcome);
      continue;
    }
    if (outcome.kind === 'interrupted') continue;
    if (outcome.kind !== 'stuck')
      return `The agent’s turn to resolve it ended ${outcome.kind}: ${summarise(outcome).slice(0, 2_000)}`;
    const given = await session.consult({ ...outcome, asksFor: 'resolution' });
    if (given.some(({ action }) => action === 'resolved')) return '';
    answers = [...answers, ...given.map(({ text }) => text)];
  }
}
