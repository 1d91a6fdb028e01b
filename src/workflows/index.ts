/** The entry of the workflow bundle: every workflow that a worker runs. */

export { runWorkflow } from './run/workflow.ts';
export { issueWorkflow } from './session/workflow.ts';
