import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  type ChildWorkflowHandle,
  log,
  ParentClosePolicy,
  sleep,
  startChild,
} from '@temporalio/workflow';
import type { StartableIssue } from '../../domain/run/schedule.ts';
import type { SessionInput } from '../../domain/session/session.ts';
import { SHARED_TASK_QUEUE, sessionWorkflowId } from '../../domain/shared/identity.ts';
import { longPollActivities } from '../activities.ts';
import { sessionAttributes } from '../search-attributes.ts';
import { issueWorkflow } from '../session/workflow.ts';
import type { Run } from './run.ts';

/** Starts a session as a child workflow, or records why the issue gets none. */
export async function startSession(
  run: Run,
  { issue, parent, cancelled }: StartableIssue,
): Promise<void> {
  const { repository, name, base } = run.input;
  const agent = issue.agent ?? run.input.agent;
  const input: SessionInput = {
    repository,
    issue: issue.issue,
    run: name,
    ...(parent && { parent }),
    ...(base !== undefined && { base }),
    ...(agent !== undefined && { agent }),
    ...(issue.caution !== undefined && { caution: issue.caution }),
    ...(cancelled.length > 0 && { cancelled: [...cancelled] }),
  };
  run.notices.noteStart(issue);
  run.noteStarting({
    issue: issue.issue,
    status: 'registered',
    atWork: true,
    branch: '',
    pullRequest: null,
    ...(parent && { parent: parent.issue }),
  });
  try {
    const child = await startChild(issueWorkflow, {
      args: [input],
      workflowId: sessionWorkflowId(repository, issue.issue),
      taskQueue: SHARED_TASK_QUEUE,
      // Sessions outlive their run: it may end, be cancelled, or continue as new.
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      staticSummary: `${repository}#${issue.issue}`,
      typedSearchAttributes: sessionAttributes(input, 'registered'),
    });
    run.noteStarted(issue.issue, child);
    void noteClosed(run, issue.issue, child);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError))
      log.error('a session could not be started', { issue: issue.issue, error });
    run.noteNotStarted(
      issue.issue,
      error instanceof WorkflowExecutionAlreadyStartedError
        ? 'a session of this issue is open already, outside this run'
        : `its workflow could not be started: ${error}`,
    );
  }
}

/** A session reports its own end. A terminated one can’t, so this waits for the child workflow to close. */
async function noteClosed(
  run: Run,
  issue: number,
  child: ChildWorkflowHandle<typeof issueWorkflow>,
): Promise<void> {
  try {
    await child.result();
  } catch (error) {
    log.info('a session closed without a result', { issue, error });
  }
  run.noteClosed(issue, child);
}

/** Time before polling starts again after a failure. */
const AGAIN = '1 minute';

/**
 * Polls for the end of the sessions that a former execution started, until none of them is open. After continue-as-new
 * there is no child handle that could be waited for.
 */
export async function pollFormerSessions(run: Run): Promise<void> {
  const { repository } = run.input;
  for (let open = run.polled(); open.length > 0; open = run.polled()) {
    const ids = new Map(open.map((issue) => [sessionWorkflowId(repository, issue), issue]));
    try {
      const closed = ids.get(
        await longPollActivities.firstClosed({ workflowIds: [...ids.keys()] }),
      );
      if (closed !== undefined) run.noteClosed(closed, 'polled');
    } catch (error) {
      // Dependents would wait for ever if nobody polled for the end of their dependencies any more.
      log.warn('the end of sessions could not be polled for', { error });
      await sleep(AGAIN, { summary: 'Watch the sessions again' });
    }
  }
}
