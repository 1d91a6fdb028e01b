import { workflowInfo } from '@temporalio/workflow';

/**
 * When an execution is left behind at the next occasion: well before the server's warnings, and long before the 50 MB at which it
 * ends a workflow whatever that is doing. The state that the next one begins with is in its history too.
 */
const MOST_EVENTS = 4_000;
const MOST_BYTES = 4_000_000;
/** Fewer events than this are no life: what is too large for a history is not made smaller by beginning again. */
const FEWEST_EVENTS = 30;

export function isLong(): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  if (historyLength < FEWEST_EVENTS) return false;
  return continueAsNewSuggested || historyLength > MOST_EVENTS || historySize > MOST_BYTES;
}

/**
 * Leaves whatever the session is doing, for the workflow to continue as new: thrown only where all that was done and asked
 * so far stands in the state. The phase is then taken again.
 */
export class MovesOn extends Error {}

/** @throws MovesOn */
export function moveOnIfLong(): void {
  if (isLong()) throw new MovesOn();
}
