import { makeContinueAsNewFunc } from '@temporalio/workflow';
import { SHARED_TASK_QUEUE } from '../../../src/domain/shared/identity.ts';

/** Hands a state on to a session, as an execution of another version would. */
export const handOn = (input: unknown, state: unknown): Promise<never> =>
  makeContinueAsNewFunc({ workflowType: 'issueWorkflow', taskQueue: SHARED_TASK_QUEUE })(
    input,
    state,
  );
