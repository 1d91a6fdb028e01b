import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { GONE } from '../domain/pull-request/feedback.ts';
import type { Update } from '../github/watcher/subscriber.ts';
import {
  reportFeedbackSignal,
  reportIssueSignal,
  reportPullRequestSignal,
} from '../workflows/messages.ts';

/** Signals changes of its pull request and its issue to a session. @returns `gone` when the session has ended */
export const signalSession =
  (client: Client) =>
  async (
    workflowId: string,
    { pullRequest, issue, feedback }: Update,
  ): Promise<'delivered' | 'gone'> => {
    const session = client.workflow.getHandle(workflowId);
    try {
      // A merge closes the issue, so the session must hear of the merge first.
      if (pullRequest) await session.signal(reportPullRequestSignal, pullRequest);
      await session.signal(reportIssueSignal, issue ?? GONE);
      if (feedback.length > 0) await session.signal(reportFeedbackSignal, [...feedback]);
      return 'delivered';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw error;
    }
  };
