import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { z } from 'zod';

/**
 * Validates what a workflow was started with. A plain error would make Temporal retry the task for ever.
 * @throws ApplicationFailure InvalidInput that names every problem
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw ApplicationFailure.nonRetryable(
    `the input is not valid: ${z.prettifyError(parsed.error)}`,
    'InvalidInput',
  );
}

/**
 * Each issue has one session, and each name one run. A workflow under another id would share their branches and
 * files.
 * @throws ApplicationFailure InvalidInput with the right id
 */
export function refuseOtherId(rightId: string): void {
  const { workflowId, workflowType } = workflowInfo();
  if (workflowId === rightId) return;
  throw ApplicationFailure.nonRetryable(
    `this ${workflowType} has the workflow id ${workflowId}: start it as ${rightId}`,
    'InvalidInput',
  );
}

/**
 * Refuses a state that does not come from the execution before. Only that one may hand a state on.
 * @throws ApplicationFailure InvalidInput
 */
export function refuseForeignState(carried: unknown): void {
  const { continuedFromExecutionRunId, workflowType } = workflowInfo();
  if (carried === undefined || continuedFromExecutionRunId !== undefined) return;
  throw ApplicationFailure.nonRetryable(
    `this ${workflowType} was started with a state: start it with its input alone`,
    'InvalidInput',
  );
}
