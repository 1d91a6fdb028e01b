import {
  type ActivityInterceptorsFactory,
  type NativeConnection,
  Worker,
} from '@temporalio/worker';
import type { Activities } from '../activities/types.ts';
import {
  hostTaskQueue,
  repositoryTaskQueue,
  SHARED_TASK_QUEUE,
  turnTaskQueue,
} from '../domain/shared/identity.ts';
import type { RepositoryName } from '../domain/shared/repository.ts';
import { passStopPoint } from '../process/stop-points.ts';
import { repositoryWorkers } from './repository-workers.ts';
import { dataConverter } from './unreadable-payloads.ts';
import { workflowCode } from './workflow-code.ts';

export interface CreateWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly hostId: string;
  readonly activities: Activities;
  /** The repositories that have a checkout on this host now. */
  readonly repositories: () => Promise<readonly RepositoryName[]>;
  readonly log: (line: string) => void;
  /** Agents that may be at work on this host at the same time, across runs. */
  readonly agents: number;
}

export interface Workers {
  /** Resolves when all have drained after `shutdown`; rejects when one fails. */
  run(): Promise<void>;
  shutdown(): void;
}

/** How many short activities run at once. They never wait for agents, because turns have a queue and slots of their own. */
const SHORT_SLOTS = 50;

/**
 * How long a step of a workflow's code may take. It is quick; but on a busy machine the SDK's five seconds have passed, and a
 * step that is ended halfway fails its workflow task. The SDK takes this option, and does not declare it yet.
 */
export const STEP_LIMIT = { isolateExecutionTimeout: '30s' } as const;

/**
 * How long the server waits for the worker that has a workflow in its cache, before it lets any worker go on with it. When a
 * worker is killed, its sessions and queries about them wait that long for the dead one; the SDK's default is 10 seconds.
 */
const CACHE_TIMEOUT = '2s';

/** How long activities may continue after a shutdown began. In this time agents are stopped gently. */
const DRAIN = '30s';

/** Makes the Workers of this process: one for the shared queue, two for the host's queues, and one for each repository of the host. */
export async function createWorkers(options: CreateWorkerOptions): Promise<Workers> {
  const { connection, namespace, hostId, activities, agents, repositories, log } = options;
  const common = {
    connection,
    namespace,
    activities,
    identity: `coppice@${hostId}`,
    shutdownForceTime: DRAIN,
    dataConverter,
    interceptors: { activity: [stopPoints] },
  };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: SHARED_TASK_QUEUE,
      workflowBundle: await workflowCode(),
      stickyQueueScheduleToStartTimeout: CACHE_TIMEOUT,
      ...STEP_LIMIT,
    }),
    Worker.create({
      ...common,
      taskQueue: hostTaskQueue(hostId),
      maxConcurrentActivityTaskExecutions: SHORT_SLOTS,
    }),
    Worker.create({
      ...common,
      taskQueue: turnTaskQueue(hostId),
      maxConcurrentActivityTaskExecutions: agents,
    }),
  ]);
  const perRepository = repositoryWorkers({
    known: repositories,
    create: (repository) =>
      Worker.create({
        ...common,
        taskQueue: repositoryTaskQueue(repository),
        maxConcurrentActivityTaskExecutions: SHORT_SLOTS,
        // There may be many repositories, each with little to do.
        activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 2 },
      }),
    log,
  });
  return {
    async run() {
      await Promise.all([...workers.map((worker) => worker.run()), perRepository.run()]);
    },
    shutdown() {
      perRepository.shutdown();
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

/** Lets tests stop this process just before and just after any activity. */
const stopPoints: ActivityInterceptorsFactory = ({ info: { activityType } }) => ({
  inbound: {
    async execute(input, next) {
      passStopPoint(`before ${activityType}`);
      const result = await next(input);
      passStopPoint(`after ${activityType}`);
      return result;
    },
  },
});
