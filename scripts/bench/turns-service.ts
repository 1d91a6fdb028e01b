import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { openCoppice } from '../../src/client/open.ts';
import type { Coppice } from '../../src/client/types.ts';
import { down, up } from '../../src/service/service.ts';
import { rememberRepository } from '../../src/state/repositories.ts';
import { connectClient, resolveServer } from '../../src/temporal/connect.ts';
import { createEnvironment, type Environment } from '../../test/support/environment.ts';
import { inRounds, type Row } from './clock.ts';
import type { floorListener } from './floor-workflows.ts';
import { Pipe } from './started.ts';

/** Says that it has started, and is stuck. */
const AGENT = `
echo started >"$STARTED"
echo '{"kind":"stuck","decision":"Go on?"}' >.coppice/outcome.json
`;

const SIGNAL = 'a bare signal to a bare workflow, to its activity';
const START = 'a bare workflow started, to its activity';
const PROGRAM = 'the same program, started directly';
const RUN = 'start: from the run to the agent of its issue';
const GUIDE = 'guidance: from the answer to the agent';

/** From a command to the agent it is for, through a service that is up; each issue is one of its own. */
export async function throughService(root: string, rounds: number): Promise<Row[]> {
  await mkdir(root);
  const started = new Pipe(join(root, 'started'));
  const agent = join(root, 'agent.sh');
  await writeFile(agent, AGENT);
  const issues = Array.from({ length: rounds + 1 }, (_, index) => ({
    number: FIRST_ISSUE + index,
    title: `Issue ${index + 1}`,
    body: 'Add what is missing to src/index.js, so that its tests pass.',
    labels: [],
  }));
  const environment = await createEnvironment(root, {
    issues,
    agent: {
      config: { agent: { adapter: 'command', command: ['/bin/sh', agent], env: ['STARTED'] } },
      env: { STARTED: started.path },
    },
    config: { policy: { planning: 'never', turns: 100 }, sandbox: 'off' },
  });
  const { env, home, repository, checkout } = environment;
  await rememberRepository(home, repository, checkout);
  await up({ env, home, report: () => undefined });
  try {
    const coppice = await openCoppice({ env, home });
    const floor = await bareWorkflow(environment);
    // The first is not measured: programs and caches are warm after it.
    await run(coppice, environment, started, 0);
    const samples = await inRounds(rounds, {
      [PROGRAM]: () => direct(agent, started),
      [START]: (round) => floor.start(round),
      [RUN]: (round) => run(coppice, environment, started, round + 1),
      [SIGNAL]: () => floor.signal(),
      [GUIDE]: () => guide(coppice, environment, started),
    });
    await floor.close();
    await coppice.close();
    const floors: Readonly<Record<string, string>> = { [RUN]: START, [GUIDE]: SIGNAL };
    return [...samples].map(([name, values]) => ({
      ...{ name, samples: values },
      ...(floors[name] !== undefined && { floor: floors[name] }),
    }));
  } finally {
    await down({ home, report: () => undefined });
    await environment.close();
  }
}

async function direct(agent: string, started: Pipe): Promise<number> {
  const heard = started.next();
  const from = performance.now();
  const child = spawn('/bin/sh', [agent], {
    cwd: '/',
    env: { STARTED: started.path },
    stdio: 'ignore',
  });
  const exit = once(child, 'exit');
  const took = (await heard) - from;
  await exit;
  return took;
}

async function run(
  coppice: Coppice,
  { repository }: Environment,
  started: Pipe,
  index: number,
): Promise<number> {
  const heard = started.next();
  const from = performance.now();
  await coppice.startRun({
    repository,
    name: `bench-${index}`,
    issues: [{ issue: FIRST_ISSUE + index }],
  });
  const took = (await heard) - from;
  await stuck(coppice, repository, FIRST_ISSUE + index);
  return took;
}

const FIRST_ISSUE = 1;

async function guide(
  coppice: Coppice,
  { repository }: Environment,
  started: Pipe,
): Promise<number> {
  const heard = started.next();
  const from = performance.now();
  await coppice.guide(repository, FIRST_ISSUE, 'Yes, go on.');
  const took = (await heard) - from;
  await stuck(coppice, repository, FIRST_ISSUE);
  return took;
}

async function stuck(
  coppice: Coppice,
  repository: Environment['repository'],
  issue: number,
): Promise<void> {
  for (;;) {
    const { record } = (await coppice.show(repository, issue)).detail;
    if (record.status === 'stuck') return;
    await sleep(50);
  }
}

/** A workflow that does nothing but start an activity when it is told to, on the same server. */
async function bareWorkflow({ env, home }: Environment) {
  const server = await resolveServer(env, home);
  if (!server) throw new Error('the service has no server');
  const { client, close } = await connectClient(server);
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: server.address });
  let called = Promise.withResolvers<number>();
  const worker = await Worker.create({
    connection,
    taskQueue: 'floor',
    activities: { noop: async () => called.resolve(performance.now()) },
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('floor-workflows.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    }),
  });
  const running = worker.run();
  const start = async (round: number | string): Promise<number> => {
    called = Promise.withResolvers();
    const from = performance.now();
    await client.workflow.start<typeof floorListener>('floorListener', {
      args: [],
      workflowId: `floor-${round}`,
      taskQueue: 'floor',
    });
    return (await called.promise) - from;
  };
  await start('listener');
  return {
    start,
    async signal(): Promise<number> {
      called = Promise.withResolvers();
      const from = performance.now();
      await client.workflow.getHandle('floor-listener').signal('floor');
      return (await called.promise) - from;
    },
    async close(): Promise<void> {
      worker.shutdown();
      await running;
      await connection.close();
      await close();
    },
  };
}
