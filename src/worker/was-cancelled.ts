import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { issueWorkflow } from '../workflows/session/workflow.ts';

/** Whether a session's workflow was cancelled, by Temporal or by a comment. A workflow that was terminated, or is unknown, was not. */
export const wasCancelledOn =
  (client: Client) =>
  async (workflowId: string): Promise<boolean> => {
    const handle = client.workflow.getHandle<typeof issueWorkflow>(workflowId);
    try {
      const { status } = await handle.describe();
      if (status.name === 'COMPLETED') return (await handle.result()).status === 'cancelled';
      return status.name === 'CANCELLED';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
