import { nextItems, reasonToAskFirst } from '../../../domain/pull-request/feedback-state.ts';
import { feedbackText, fitsInTurn } from '../../../domain/pull-request/feedback-text.ts';
import { CANCEL } from '../../../domain/session/options.ts';
import { undoDelivery } from '../../../domain/session/received-guidance.ts';
import type { QuestionInput } from '../../../domain/session/turn.ts';
import type { Session } from '../session.ts';
import { whileRereading } from './reread.ts';

/** Why a person is asked before the next turn on feedback; undefined when none is. */
export const spentNow = ({ state: { feedback }, policy }: Session): string | undefined =>
  reasonToAskFirst(feedback, nextItems(feedback, fitsInTurn), policy.turnLimits.review);

/**
 * Asks a person after too many rounds on one point. The question settles itself when what it is about was taken back.
 * @returns whether there is an answer, which waits for the agent
 */
export async function askAboutRounds(session: Session): Promise<boolean> {
  const { feedback } = session.state;
  const decision = `Continue? ${spentNow(session)}`;
  const question: QuestionInput = {
    ...{ decision, options: [{ label: 'tell the agent what to do', effect: 'say' }, CANCEL] },
    context: feedbackText([], nextItems(feedback, fitsInTurn)).slice(0, 2_000),
  };
  const isSettled = () => spentNow(session) === undefined;
  const answers = await whileRereading(session, () => session.askOperator(question, isSettled));
  if (answers.length === 0) {
    await session.notifySettled(decision, 'what was said last was taken back');
    return false;
  }
  undoDelivery(answers);
  return true;
}
