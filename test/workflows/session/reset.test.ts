import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { reportPullRequestSignal, statusQuery } from '../../../src/workflows/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { environmentOfTests, startSession, until } from '../../support/workflow-session.ts';

const environment = await environmentOfTests();
const { client, world } = environment;

test('a session that was reset to its first task is told of its pull request again', async () => {
  const issue = 3_001;
  const watched: (number | null)[] = [];
  world.onWatch = (_, pullRequest) => watched.push(pullRequest);
  const started = await startSession(environment, issue);
  await until(started, 'complete');
  // What the watcher told before is told to the new execution before it has registered.
  await started.signal(reportPullRequestSignal, world.pullRequest(issue, { draft: false }));
  await until(started, 'complete');
  const { events } = await started.fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: started.workflowId, runId: started.firstExecutionRunId },
    workflowTaskFinishEventId: first?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'test',
  });
  const before = watched.length;
  const handle = client.workflow.getHandle(started.workflowId);
  await eventually(async () => {
    expect((await handle.query(statusQuery)).status).toBe('complete');
    expect(watched.slice(before)).toContain(1_000 + issue);
  });
  await handle.signal(reportPullRequestSignal, world.merged(issue));
  expect(await handle.result()).toMatchObject({ status: 'merged' });
});
