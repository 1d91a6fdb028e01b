import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asFailures } from '../../src/activities/failures/failures.ts';
import { heartbeating } from '../../src/activities/heartbeat.ts';
import { createSessionActivities } from '../../src/activities/sessions.ts';
import type { Activities } from '../../src/activities/types.ts';
import { SHARED_TASK_QUEUE, sessionWorkflowId } from '../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { createWorkers } from '../../src/worker/create-worker.ts';
import { statusQuery } from '../../src/workflows/messages.ts';
import type { issueWorkflow } from '../../src/workflows/session/workflow.ts';
import { eventually } from '../support/eventually.ts';
import { FakeWorld } from '../support/fake-world.ts';
import {
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from '../support/workflow-environment.ts';

const APP = RepositoryName.parse('acme/app');
const LIBRARY = RepositoryName.parse('acme/library');

let environment: WorkflowEnvironment;
let connection: NativeConnection;

beforeAll(async () => {
  environment = await startWorkflowEnvironment();
  connection = await NativeConnection.connect({ address: environment.address });
});
afterAll(async () => {
  await connection.close();
  await environment.close();
});

/** Another host on the same server; it has the repositories that are put into `has`. */
async function anotherHost(hostId: string) {
  const world = new FakeWorld(hostId);
  const has = new Set<RepositoryName>();
  let lacks: string | undefined;
  const own = world.activities();
  const activities: Activities = asFailures(
    heartbeating({
      ...own,
      ...createSessionActivities({ isOpen: async () => true, lookEvery: 1_000 }),
      register: async (input) => (lacks === undefined ? own.register(input) : { lacks }),
    }),
  );
  const workers = await createWorkers({
    ...{ connection, namespace: 'default', hostId, activities, agents: 4 },
    repositories: async () => [...has],
    log: () => undefined,
  });
  const run = workers.run();
  return {
    has,
    setLack: (what: string | undefined) => {
      lacks = what;
    },
    async stop() {
      workers.shutdown();
      await run;
    },
  };
}

const start = (repository: RepositoryName, issue: number) =>
  environment.client.workflow.start<typeof issueWorkflow>('issueWorkflow', {
    args: [{ repository, issue }],
    workflowId: sessionWorkflowId(repository, issue),
    taskQueue: SHARED_TASK_QUEUE,
  });

test('a session registers on a host that has its repository and its agent, and waits for one', async () => {
  const other = await anotherHost('other');
  try {
    const sessions = await Promise.all([1, 2, 3, 4].map((issue) => start(APP, issue)));
    for (const session of sessions)
      await eventually(async () =>
        expect((await session.query(statusQuery)).branch).toMatch(/^issue-/),
      );
    const registered = environment.world.calls.filter((call) => call.startsWith('register '));
    expect(registered.sort()).toEqual([1, 2, 3, 4].map((issue) => `register #${issue}`));

    const waiting = await start(LIBRARY, 1);
    const status = () => waiting.query(statusQuery);
    await eventually(async () =>
      expect(await status()).toMatchObject({
        ...{ status: 'registered', branch: '' },
        activity: 'waits for a host that has acme/library',
      }),
    );

    other.setLack('other: its service finds no program claude');
    other.has.add(LIBRARY);
    await eventually(async () =>
      expect((await status()).activity).toBe(
        'waits for a host that has acme/library and its agent: other: its service finds no program claude',
      ),
    );

    other.setLack(undefined);
    await eventually(async () => expect((await status()).branch).toBe('issue-1'));
    for (const session of [...sessions, waiting])
      expect((await session.describe()).status.name).toBe('RUNNING');
  } finally {
    await other.stop();
  }
});
