import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { issueWorkflow } from '../workflows/session/workflow.ts';

/** Whether a session's workflow has ended cancelled, by Temporal or by a comment; not when it was terminated, or is unknown. */
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
