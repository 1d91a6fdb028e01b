/** The bundle's entry: every workflow a worker runs. */

export { runWorkflow } from './run/workflow.ts';
export { issueWorkflow } from './session/workflow.ts';
