import { workflowInfo } from '@temporalio/workflow';

/**
 * Limits at which an execution continues as new at the next opportunity. They are far below the server's
 * warnings, and below the 50 MB at which it terminates a workflow. The history also has the state with which
 * the next execution begins.
 */
const MOST_EVENTS = 4_000;
const MOST_BYTES = 4_000_000;
/**
 * An execution with fewer events than this does not continue as new, because the next one would be just as
 * large.
 */
const FEWEST_EVENTS = 30;

export function isHistoryLong(): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  if (historyLength < FEWEST_EVENTS) return false;
  return continueAsNewSuggested || historyLength > MOST_EVENTS || historySize > MOST_BYTES;
}

/**
 * Ends the present phase so that the workflow continues as new. It is thrown only where everything that was
 * done and asked is in the state. The phase is then run again.
 */
export class ContinueAsNewDue extends Error {}

/**
 * Makes the workflow continue as new if its history is long.
 * @throws ContinueAsNewDue
 */
export function continueAsNewIfLong(): void {
  if (isHistoryLong()) throw new ContinueAsNewDue();
}
