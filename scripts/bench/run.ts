import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { reportPullRequestSignal } from '../../src/workflows/messages.ts';
import type { runWorkflow } from '../../src/workflows/run/workflow.ts';
import {
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from '../../test/support/workflow-environment.ts';
import type { floorRun } from './floor-workflows.ts';

const HELP = `How many sessions a run brings from start to merge in a second, with agents, git and GitHub that take no time:
npm run bench -- run [--issues 1000] [--workers 20] [--floor 200]

On an in-memory Temporal server. The floor is measured first, on the same server: children of a workflow that take 10
activities which do nothing.`;

const repository = RepositoryName.parse('acme/app');

const FLOOR_ACTIVITIES = 10;

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      issues: { type: 'string', default: '1000' },
      workers: { type: 'string', default: '20' },
      floor: { type: 'string', default: '200' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(HELP);
  const [issues, workers, children] = [values.issues, values.workers, values.floor].map(Number) as [
    number,
    number,
    number,
  ];
  const environment = await startWorkflowEnvironment();
  try {
    const floor = await measureFloor(environment, children, workers);
    console.log(
      `floor: ${rate(children, floor)} children/s (${children} children, ${FLOOR_ACTIVITIES} no-op activities each)`,
    );
    const took = await measureRun(environment, issues, workers);
    console.log(
      `run:   ${rate(issues, took)} sessions/s (${issues} issues in ${Math.round(took / 1_000)} s)`,
    );
    console.log(await describeHistories(environment));
  } finally {
    await environment.close();
  }
}

const rate = (count: number, milliseconds: number): string =>
  ((count * 1_000) / milliseconds).toFixed(1);

async function measureFloor(
  { client, address }: WorkflowEnvironment,
  children: number,
  atATime: number,
): Promise<number> {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    taskQueue: 'floor',
    activities: { noop: async () => undefined },
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('floor-workflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    }),
  });
  const took = await worker.runUntil(async () => {
    const begun = performance.now();
    await client.workflow.execute<typeof floorRun>('floorRun', {
      args: [children, atATime, FLOOR_ACTIVITIES],
      workflowId: 'floor',
      taskQueue: 'floor',
    });
    return performance.now() - begun;
  });
  await connection.close();
  return took;
}

async function measureRun(
  { client, world }: WorkflowEnvironment,
  issues: number,
  concurrency: number,
): Promise<number> {
  // The reviewer merges whatever is ready at once.
  world.onWatch = (issue) => {
    const session = client.workflow.getHandle(sessionWorkflowId(repository, issue));
    void session.signal(reportPullRequestSignal, world.merged(issue));
  };
  const begun = performance.now();
  const { merged } = await client.workflow.execute<typeof runWorkflow>('runWorkflow', {
    args: [
      {
        ...{ repository, name: 'bench', concurrency, review: issues },
        issues: Array.from({ length: issues }, (_, index) => ({ issue: index + 1 })),
      },
    ],
    workflowId: WORKFLOW_ID,
    taskQueue: SHARED_TASK_QUEUE,
  });
  if (merged.length !== issues) throw new Error(`only ${merged.length} of ${issues} were merged`);
  return performance.now() - begun;
}

const WORKFLOW_ID = runWorkflowId(repository, 'bench');

/** The server warns of a history from 10,240 events or 10 MB on, and asks to continue as new from 4,096 events on. */
async function describeHistories({ client }: WorkflowEnvironment): Promise<string> {
  let executions = 0;
  let events = 0;
  let bytes = 0;
  for await (const one of client.workflow.list({ query: `WorkflowId = "${WORKFLOW_ID}"` })) {
    executions++;
    events = Math.max(events, one.historyLength);
    bytes = Math.max(bytes, one.historySize ?? 0);
  }
  return `the run continued as new ${executions - 1} times; its longest history has ${events} events and ${Math.round(bytes / 1_024)} KB`;
}
