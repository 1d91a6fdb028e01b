/** The bundle's entry: every workflow a worker runs. */
export { issueWorkflow } from './issue.ts';
export { runWorkflow } from './run.ts';
