import { type Client, WorkflowNotFoundError } from '@temporalio/client';

/** Whether a workflow is open. A workflow that the server has forgotten is not. */
export const isOpenOn =
  (client: Client) =>
  async (workflowId: string): Promise<boolean> => {
    try {
      const { status } = await client.workflow.getHandle(workflowId).describe();
      return status.name === 'RUNNING' || status.name === 'PAUSED';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
