import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../../src/domain/shared/repository.ts';
import {
  reportPullRequestSignal,
  runStatusQuery,
  setConcurrencyUpdate,
} from '../../../src/workflows/messages.ts';
import type { runWorkflow } from '../../../src/workflows/run/workflow.ts';
import { eventually } from '../../support/eventually.ts';
import {
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from '../../support/workflow-environment.ts';

const repository = RepositoryName.parse('acme/app');

/** Events after which the server asks a workflow to continue as new; 4,096 where nobody says otherwise. */
const SUGGESTED_AT = 200;

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment([
    `limit.historyCount.suggestContinueAsNew=${SUGGESTED_AT}`,
  ]);
});
afterAll(() => environment.close());

const ISSUES = Array.from({ length: 40 }, (_, index) => ({
  issue: 1 + index,
  // Every fourth stands on the one before it.
  after: index % 4 === 3 ? [index] : [],
}));

test('a run that continues as new, again and again, brings every issue to its merge, once', async () => {
  const { client, world } = environment;
  const workflowId = runWorkflowId(repository, 'large');
  const run = await client.workflow.start<typeof runWorkflow>('runWorkflow', {
    args: [{ repository, name: 'large', concurrency: 10, review: 30, issues: ISSUES }],
    workflowId,
    taskQueue: SHARED_TASK_QUEUE,
  });
  const over = run.result();
  const merged = new Set<number>();
  const mergeWhatIsReady = async () => {
    const { sessions } = await client.workflow.getHandle(workflowId).query(runStatusQuery);
    for (const { issue, status, pullRequest } of sessions) {
      if (status !== 'complete' || pullRequest?.base !== 'main' || merged.has(issue)) continue;
      merged.add(issue);
      await client.workflow
        .getHandle(sessionWorkflowId(repository, issue))
        .signal(reportPullRequestSignal, world.merged(issue));
    }
    expect(merged.size).toBe(ISSUES.length);
  };
  await eventually(mergeWhatIsReady);
  const result = await over;
  expect(result.merged.toSorted((a, b) => a - b)).toEqual(ISSUES.map(({ issue }) => issue));
  expect(result).toMatchObject({ cancelled: [], notStarted: [] });

  const executions = [];
  for await (const execution of client.workflow.list({ query: `WorkflowId = "${workflowId}"` }))
    executions.push(execution);
  const continued = executions.filter(({ status }) => status.name === 'CONTINUED_AS_NEW');
  expect(continued.length).toBeGreaterThan(1);
  for (const { historyLength } of executions) expect(historyLength).toBeLessThan(SUGGESTED_AT * 4);
  for (const { issue } of ISSUES) {
    await client.workflow.getHandle(sessionWorkflowId(repository, issue)).result();
    const steps = world.calls.filter((call) => call.split(' ')[1] === `#${issue}`);
    for (const step of ['register', 'runTurn', 'removeWorktree'])
      expect(steps.filter((call) => call.startsWith(step))).toHaveLength(1);
  }
}, 400_000);

test('a run that continued as new notices that a session of its former execution was terminated', async () => {
  const { client, world } = environment;
  const issue = 901;
  world.script(issue, { kind: 'stuck', decision: 'which?', options: [], context: '' });
  const workflowId = runWorkflowId(repository, 'terminated');
  const run = await client.workflow.start<typeof runWorkflow>('runWorkflow', {
    args: [{ repository, name: 'terminated', concurrency: 1, issues: [{ issue }] }],
    workflowId,
    taskQueue: SHARED_TASK_QUEUE,
  });
  const latest = client.workflow.getHandle<typeof runWorkflow>(workflowId);
  const status = async () => (await latest.query(runStatusQuery)).sessions[0]?.status;
  await eventually(async () => expect(await status()).toBe('stuck'));
  const hasContinued = async () => (await latest.describe()).runId !== run.firstExecutionRunId;
  for (let concurrency = 1; !(await hasContinued()); concurrency = 3 - concurrency)
    await latest.executeUpdate(setConcurrencyUpdate, { args: [concurrency] });
  await client.workflow.getHandle(sessionWorkflowId(repository, issue)).terminate('by hand');
  expect(await run.result()).toEqual({ merged: [], cancelled: [issue], notStarted: [] });
}, 120_000);
