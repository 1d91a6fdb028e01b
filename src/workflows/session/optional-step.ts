import { noteRefusal } from '../../domain/session/refusals.ts';
import { questionAboutFailure } from './ask-on-failure.ts';
import type { Session } from './session.ts';

/**
 * Runs a step on which the work does not depend. If it fails, the person is shown why, and the session
 * continues.
 * @returns whether it succeeded
 */
export async function optionalStep(
  { state }: Session,
  what: string,
  step: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    const { decision } = questionAboutFailure(error);
    noteRefusal(state.refused, { what, reason: decision, at: new Date().toISOString() });
    return false;
  }
}
