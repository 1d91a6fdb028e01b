import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { PullRequestSnapshot } from '../domain/pull-request.ts';
import { pullRequestSignal } from '../workflows/messages.ts';

/** Tells a session what its pull request is now; `gone` when the session has ended. */
export const deliverTo =
  (client: Client) =>
  async (workflowId: string, snapshot: PullRequestSnapshot): Promise<'delivered' | 'gone'> => {
    try {
      await client.workflow.getHandle(workflowId).signal(pullRequestSignal, snapshot);
      return 'delivered';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw error;
    }
  };
