import { latest } from '../domain/pull-request.ts';
import { GIT_LIMIT, longOnHost, onHost } from './activities.ts';
import type { Session } from './session.ts';
import { question, settle, typeOf } from './settle.ts';
import { summarise, takeTurn } from './turns.ts';

/**
 * Follows the session below. When its branch moved, so does this one; when it is merged, this one moves onto the trunk and
 * its pull request with it; when it ended cancelled, a person says whether to.
 */
export async function follow(session: Session): Promise<void> {
  const { state, place } = session;
  for (;;) {
    const below = state.onTopOf;
    const news = state.pendingNews.splice(0).filter(({ issue }) => issue === below?.issue);
    const last = news.find(({ event }) => event !== 'moved') ?? news[0];
    if (!below || !last) return;
    if (last.event === 'moved') {
      // Overtaken when its branch went with its merge: the next news says so.
      await moveOnto(session, below.branch, `moves along with #${below.issue}`);
      continue;
    }
    const { trunk } = session.registration;
    if (last.event === 'cancelled') {
      await session.consult({
        decision: `#${below.issue}, which it stands on, ended cancelled. Go on without it?`,
        options: [`guide it to move its own commits onto ${trunk}`, 'cancel it'],
        context: below.pullRequestUrl,
      });
    }
    await moveOnto(session, trunk, `moves onto ${trunk}, since #${below.issue} is ${last.event}`);
    state.onTopOf = null;
    const { pullRequest } = state;
    if (!pullRequest) return;
    const retargeted = await settle(session, 'retargets its pull request', () =>
      onHost(place).retarget({ place, pullRequest: pullRequest.number, base: trunk }),
    );
    state.pullRequest = latest(state.pullRequest, retargeted, true);
    return;
  }
}

/**
 * Moves the session's commits onto a branch. After a conflict the person's words go to the agent, which resolves it, or the
 * person has resolved it by hand; either way the result is checked before it is taken up. Newer news ends the attempt.
 */
async function moveOnto(session: Session, onto: string, activity: string): Promise<void> {
  const { state, place, policy } = session;
  let resolved = false;
  let mayAttempt = policy.conflicts === 'attempt';
  await session.become('working', activity);
  for (;;) {
    try {
      state.base = await longOnHost(place, GIT_LIMIT).restack({
        ...{ place, base: session.base, onto, resolved },
      });
      return;
    } catch (error) {
      const asked = question(error);
      const isConflict = ['RebaseConflict', 'NotResolved'].includes(typeOf(error) ?? '');
      let words = '';
      if (!isConflict || !mayAttempt) {
        const guidance = await session.consult(
          isConflict ? { ...asked, options: CONFLICT_OPTIONS } : asked,
          () => state.pendingNews.length > 0,
        );
        if (guidance.length === 0) return;
        resolved = guidance.some(({ action }) => action === 'resolved');
        words = guidance.map(({ text }) => text).join('\n\n');
        await session.become('working', activity);
      }
      mayAttempt = false;
      if (isConflict && !resolved) {
        await attempt(session, [asked.decision, asked.context, words]);
        resolved = true;
      }
    }
  }
}

const CONFLICT_OPTIONS = [
  'have the agent resolve it: coppice guide with what to keep',
  'resolve it by hand in the worktree: coppice guide --resolved',
  'cancel the session',
];

/** A turn in which the agent resolves a conflict. Whether it did is for the check that follows, whatever it says. */
async function attempt(session: Session, words: readonly string[]): Promise<void> {
  const { state } = session;
  const { next } = state;
  state.next = { kind: 'resolve', words: words.filter((text) => text !== '').join('\n\n') };
  const outcome = await takeTurn(session);
  state.next = next;
  if (outcome.kind === 'stuck') await session.ask(outcome);
  else if (outcome.kind !== 'done') state.activity = summarise(outcome);
}
