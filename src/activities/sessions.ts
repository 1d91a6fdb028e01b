import { Context } from '@temporalio/activity';
import type { SessionActivities } from './types.ts';

export interface SessionPorts {
  /** Whether a workflow is open. An unknown workflow is not. */
  isOpen(workflowId: string): Promise<boolean>;
  /** The interval between two checks, in milliseconds. */
  readonly lookEvery: number;
}

export const createSessionActivities = ({
  isOpen,
  lookEvery,
}: SessionPorts): SessionActivities => ({
  async firstClosed({ workflowIds }) {
    for (;;) {
      for (const workflowId of workflowIds) if (!(await isOpen(workflowId))) return workflowId;
      await Context.current().sleep(lookEvery);
    }
  },
});
