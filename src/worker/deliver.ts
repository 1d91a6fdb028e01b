import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { News } from '../github/news.ts';
import { pullRequestSignal } from '../workflows/messages.ts';

/** Tells a session what its pull request is now, once there is one; `gone` when the session has ended. */
export const deliverTo =
  (client: Client) =>
  async (workflowId: string, { pullRequest }: News): Promise<'delivered' | 'gone'> => {
    if (!pullRequest) return 'delivered';
    try {
      await client.workflow.getHandle(workflowId).signal(pullRequestSignal, pullRequest);
      return 'delivered';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw error;
    }
  };
