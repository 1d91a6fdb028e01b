import { decideOnEdit } from '../../../domain/pull-request/feedback-state.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import type { NextTurn } from '../../../domain/session/turn.ts';
import type { Session } from '../session.ts';

/** What a session asks about its issue while its pull request is open. */

/** Asks what to do when the issue was closed, or is gone, while its pull request is open. */
export async function askAboutIssue(session: Session, what: 'closed' | 'gone'): Promise<void> {
  const { state, location } = session;
  const { feedback } = state;
  const isOpen = () => feedback.issue?.state === 'open';
  const decision = `#${location.issue} ${WHAT[what]}, but its pull request is open. Continue?`;
  const answers = await session.askOperator(
    { decision, options: ['continue', CANCEL], context: state.pullRequest?.url ?? '' },
    () => isOpen() || isOver(session),
  );
  if (answers.length === 0 && isOpen())
    await session.notifySettled(decision, 'the issue is open again');
  feedback.closedAsked = !isOpen();
}

const WHAT = {
  closed: 'was closed',
  gone: 'is gone (deleted, moved, or hidden from the token)',
} as const;

const isOver = ({ state: { pullRequest } }: Session): boolean =>
  pullRequest?.merged === true || pullRequest?.state === 'closed';

/**
 * The issue's text is another one than the session began with. Whoever wrote the issue may have changed it after a person read it, so
 * the agent does not see it before a person agrees.
 * @returns the turn that reads the new text; null when there is none
 */
export async function askAboutEdit(session: Session): Promise<NextTurn | null> {
  const { state, location } = session;
  const { feedback } = state;
  const decision = `#${location.issue} was edited since its agent read it. Shall the agent go by the new text?`;
  for (;;) {
    const asked = feedback.issue?.digest ?? '';
    // What a person agreed to is the text that they could read, not one that came meanwhile.
    const isAnother = () => feedback.issue?.digest !== asked;
    const answers = await session.askOperator(
      {
        decision,
        options: [
          {
            label: 'go by the new text',
            consequence: 'the agent reads the issue again, and sees what that means for the work',
            effect: 'approve',
          },
          { label: 'keep to the text it has', consequence: 'the agent never sees the edit' },
          CANCEL,
        ],
        context: 'Read the issue on GitHub first: whoever wrote it may have changed it.',
        asksFor: 'approval',
      },
      () => isOver(session) || isAnother(),
    );
    if (isOver(session) || state.cancelled) return null;
    if (!feedback.issueEdited) {
      await session.notifySettled(decision, 'the issue has the text again that its agent read');
      return null;
    }
    if (isAnother()) continue;
    const isWanted = answers.some(({ action }) => action === 'approve');
    decideOnEdit(feedback, asked, isWanted);
    return isWanted ? { kind: 'feedback', context: EDITED, rereadIssue: true } : null;
  }
}

const EDITED =
  'The issue was edited. Read its text above again, and see what it means for the work.';
