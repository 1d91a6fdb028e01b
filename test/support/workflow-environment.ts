import { randomUUID } from 'node:crypto';
import type { Client, WorkflowClientInterceptor } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { writingStatus } from '../../src/activities/carried-status.ts';
import { asFailures } from '../../src/activities/failures/failures.ts';
import { heartbeating } from '../../src/activities/heartbeat.ts';
import { createSessionActivities } from '../../src/activities/sessions.ts';
import {
  hostTaskQueue,
  repositoryTaskQueue,
  SEARCH_ATTRIBUTES,
  SHARED_TASK_QUEUE,
  turnTaskQueue,
} from '../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { findTemporalCli } from '../../src/temporal/cli.ts';
import { isOpenOn } from '../../src/worker/is-open.ts';
import { dataConverter } from '../../src/worker/unreadable-payloads.ts';
import { workflowCode } from '../../src/worker/workflow-code.ts';
import { FakeWorld } from './fake-world.ts';
import { hesitate } from './slowness.ts';

export interface WorkflowEnvironment {
  readonly client: Client;
  readonly world: FakeWorld;
  readonly address: string;
  /** Path of the Temporal CLI. */
  readonly temporal: string;
  close(): Promise<void>;
}

/** The repository that its host has. */
export const REPOSITORY = RepositoryName.parse('acme/app');

/** What a test sends comes as late as `hesitate` says. */
const SLOWLY: WorkflowClientInterceptor = {
  signal: async (input, next) => {
    await hesitate();
    await next(input);
  },
  startUpdate: async (input, next) => {
    await hesitate();
    return await next(input);
  },
};

/** In milliseconds. */
const LOOK_EVERY = 200;

/**
 * A real dev server and real workers, over a world of fake activities.
 * @param serverSettings the server's dynamic configuration, as `key=value`
 */
export async function startWorkflowEnvironment(
  serverSettings: readonly string[] = [],
): Promise<WorkflowEnvironment> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const path = await findTemporalCli({
    env: process.env,
    home: coppiceHome(),
    report: () => undefined,
  });
  const attributes = Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type[0]}${type.slice(1).toLowerCase()}`,
  ]);
  const settings = serverSettings.flatMap((setting) => ['--dynamic-config-value', setting]);
  const server = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      extraArgs: [...attributes, ...settings],
      log: { format: 'pretty', level: 'error' },
    },
    client: { interceptors: { workflow: [SLOWLY] } },
  });
  const hostId = randomUUID().slice(0, 8);
  const world = new FakeWorld(hostId);
  const fake = world.activities();
  const activities = asFailures({
    ...writingStatus(fake, fake.recordStatus),
    // Temporal is no fake here.
    ...heartbeating(
      createSessionActivities({ isOpen: isOpenOn(server.client), lookEvery: LOOK_EVERY }),
    ),
  });
  const common = { connection: server.nativeConnection, activities, dataConverter };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: SHARED_TASK_QUEUE,
      workflowBundle: await workflowCode(),
    }),
    Worker.create({ ...common, taskQueue: hostTaskQueue(hostId) }),
    Worker.create({ ...common, taskQueue: repositoryTaskQueue(REPOSITORY) }),
    Worker.create({ ...common, taskQueue: turnTaskQueue(hostId) }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    client: server.client,
    world,
    address: server.address,
    temporal: path,
    async close() {
      for (const worker of workers) worker.shutdown();
      await running;
      await server.teardown();
    },
  };
}
