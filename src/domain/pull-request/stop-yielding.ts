import type { FeedbackState } from './feedback-state.ts';

const LONG_AGO = new Date(0).toISOString();

/** A person wants the session to continue: nobody who repairs the pull request is waited for any more. */
export function stopYielding(feedback: FeedbackState): void {
  feedback.fixer = null;
  if (feedback.examined?.pushedByOthers) feedback.examined = { ...feedback.examined, at: LONG_AGO };
}
