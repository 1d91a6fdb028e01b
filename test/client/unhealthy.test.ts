import { fileURLToPath } from 'node:url';
import type { Payload } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { readBoard } from '../../src/client/board.ts';
import { startRun } from '../../src/client/runs.ts';
import type { Connected } from '../../src/client/server/connected.ts';
import { showSession } from '../../src/client/sessions.ts';
import { isOpen } from '../../src/client/types.ts';
import {
  runWorkflowId,
  SHARED_TASK_QUEUE,
  sessionWorkflowId,
} from '../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { saveDetail } from '../../src/state/session-store.ts';
import { detailQuery, guidanceSignal } from '../../src/workflows/messages.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import {
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from '../support/workflow-environment.ts';

const repository = RepositoryName.parse('acme/app');
const question = () => ({
  ...{ kind: 'stuck' as const, decision: 'which?', options: [], context: '' },
});

let environment: WorkflowEnvironment;
let connected: Connected;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
beforeEach(() => {
  const { client, address } = environment;
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('unhealthy') });
  const server = { address, namespace: 'default', embedded: false, connectionOptions: { address } };
  connected = { client, home, server };
});
afterAll(() => environment.close());

const session = (issue: number) =>
  environment.client.workflow.getHandle(sessionWorkflowId(repository, issue));

const attributes = (issue: number) => ({
  CoppiceRepo: [repository],
  CoppiceIssue: [issue],
  CoppiceStatus: ['working'],
});

const statusOf = async (issue: number) => {
  const { sessions } = await readBoard(connected, repository);
  return sessions.find(({ record }) => record.issueNumber === issue);
};

test('a session that its run has begun is on the board, before the server lists it', async () => {
  const issues = [31, 32, 33, 34].map((issue) => ({ issue, title: `Title ${issue}` }));
  await startRun(connected, { repository, name: 'begun', concurrency: 4, issues });
  // From the first look that knows the run on, nothing is ever missing: it waits, or it has a session.
  for (let known = 0; known < 10; ) {
    const { runs, sessions } = await readBoard(connected, repository);
    const run = runs.find(({ name }) => name === 'begun');
    if (!run) continue;
    known++;
    const { queue } = run;
    const shown = [
      ...queue.map(({ issue }) => issue),
      ...sessions.filter(isOpen).map(({ record }) => record.issueNumber),
    ];
    expect(shown).toEqual(expect.arrayContaining(issues.map(({ issue }) => issue)));
  }
});

test('a session or run that does not answer is told from its record, and hides no other', async () => {
  const { client, world } = environment;
  world.script(1, question());
  await startRun(connected, { repository, name: 'well', issues: [{ issue: 1 }] });
  await eventually(async () => expect((await statusOf(1))?.record.status).toBe('stuck'));
  const detail = await session(1).query(detailQuery);
  const asOf = new Date(Date.now() - 60_000).toISOString();
  const recorded = (issue: number) => ({
    ...detail,
    record: { ...detail.record, issueNumber: issue, run: null, issueTitle: `Title ${issue}` },
  });
  for (const issue of [2, 3]) await saveDetail(connected.home, recorded(issue), asOf);

  // Its task fails at each try, as that of a workflow which other code began.
  const connection = await NativeConnection.connect({ address: environment.address });
  const failing = await Worker.create({
    connection,
    taskQueue: 'failing',
    workflowsPath: fileURLToPath(new URL('failing-workflows.ts', import.meta.url)),
  });
  const fails = failing.run();
  onTestFinished(async () => {
    failing.shutdown();
    await fails;
    await connection.close();
  });
  const start = (issue: number, taskQueue: string) =>
    client.workflow.start('issueWorkflow', {
      args: [{ repository, issue }],
      workflowId: sessionWorkflowId(repository, issue),
      taskQueue,
      searchAttributes: attributes(issue),
    });
  await start(2, 'failing');
  // No worker is there for these.
  await start(3, 'nobody');
  await start(4, 'nobody');
  await client.workflow.start('runWorkflow', {
    args: [],
    workflowId: runWorkflowId(repository, 'silent'),
    taskQueue: 'nobody',
    searchAttributes: { CoppiceRepo: [repository], CoppiceRun: ['silent'] },
  });

  await eventually(async () => {
    const board = await readBoard(connected, repository);
    expect(board.runs.map(({ name }) => name)).toEqual(['begun', 'well']);
    expect(board.unresponsiveRuns).toMatchObject([{ name: 'silent', why: 'no-response' }]);
    expect(board.sessions.slice(0, 4)).toMatchObject([
      { source: 'live', record: { issueNumber: 1, status: 'stuck' } },
      {
        source: 'recorded',
        asOf,
        record: { issueNumber: 2, issueTitle: 'Title 2' },
        unresponsive: {
          why: 'task-fails',
          cause: expect.stringMatching(/^its workflow task fails: Cannot read/),
          advice: expect.stringContaining('--workflow-id coppice/acme/app/issues/2'),
        },
      },
      {
        source: 'recorded',
        asOf,
        record: { issueNumber: 3 },
        unresponsive: { why: 'no-response', advice: expect.stringContaining('coppice up') },
      },
      { source: 'recorded', record: { issueNumber: 4, status: 'working' } },
    ]);
    expect(board.sessions.every(isOpen)).toBe(true);
  });
  expect(await showSession(connected, repository, 2)).toMatchObject({
    source: 'recorded',
    asOf,
    unresponsive: { why: 'task-fails' },
  });
  expect(await showSession(connected, repository, 1)).toMatchObject({ source: 'live' });
  await expect(showSession(connected, repository, 4)).rejects.toMatchObject({
    kind: 'Unresponsive',
    message: expect.stringContaining('this host has no record of it'),
  });
});

const ENCRYPTED: Payload = {
  metadata: { encoding: Buffer.from('binary/encrypted') },
  data: Buffer.from('?'),
};
const BROKEN: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from('{"text": "y'),
};

test('a message that can’t be read is no answer, and the session goes on', async () => {
  const { client, world } = environment;
  world.script(7, question());
  await client.workflow.start('issueWorkflow', {
    args: [{ repository, issue: 7 }],
    workflowId: sessionWorkflowId(repository, 7),
    taskQueue: SHARED_TASK_QUEUE,
  });
  await eventually(async () => expect((await statusOf(7))?.record.status).toBe('stuck'));
  for (const payload of [ENCRYPTED, BROKEN, {}])
    for (const signalName of ['guidance', 'pullRequest', 'feedback', 'issue', 'detach', 'pause'])
      await client.workflowService.signalWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: sessionWorkflowId(repository, 7) },
        signalName,
        input: { payloads: [payload] },
      });
  await session(7).signal('resume');
  await eventually(async () => {
    const told = await session(7).query(detailQuery);
    expect(told.record.status).toBe('stuck');
    expect(told.turns.at(-1)?.outcome).toBe('stuck');
  });
  await session(7).signal(guidanceSignal, 'the first');
  await eventually(async () => expect((await statusOf(7))?.record.status).toBe('complete'));
});
