import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRuns } from '../../src/client/board.ts';
import { amendRun, joinRun, startRun } from '../../src/client/runs.ts';
import type { Connected } from '../../src/client/server/connected.ts';
import { isRunOf } from '../../src/domain/run/run.ts';
import { sessionWorkflowId } from '../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import { reportPullRequestSignal } from '../../src/workflows/messages.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import {
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from '../support/workflow-environment.ts';

const repository = RepositoryName.parse('acme/app');

let environment: WorkflowEnvironment;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
afterAll(() => environment.close());

test('an open run is known by the issues it was started with, and can be joined', async () => {
  const { client, address, world } = environment;
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('runs') });
  const server = { address, namespace: 'default', embedded: false, connectionOptions: { address } };
  const connected: Connected = { client, home, server };
  world.script(2, { kind: 'stuck', decision: 'which?', options: [], context: '' });
  await startRun(connected, {
    repository,
    name: 'night',
    concurrency: 1,
    issues: [{ issue: 1, title: 'Export' }, { issue: 2 }],
  });
  await amendRun(connected, repository, 'night', { do: 'add', entry: { issue: 3 } });
  await eventually(async () => {
    const [open] = await openRuns(connected, repository);
    expect(open?.sessions.map(({ status }) => status)).toEqual(['complete', 'stuck', 'complete']);
    expect(
      [
        [1, 2],
        [3, 2, 1],
        [1, 3],
        [1, 2, 2],
      ].map((issues) => open && isRunOf(open, issues)),
    ).toEqual([true, true, false, false]);
  });
  const joined = await joinRun(connected, repository, 'night');
  expect(joined.sessions.map(({ issue }) => issue)).toEqual([1, 2, 3]);
  expect(joined.sessions.map(({ title }) => title)).toEqual(['Export', undefined, undefined]);
  const session = (issue: number) =>
    client.workflow.getHandle(sessionWorkflowId(repository, issue));
  await session(2).cancel();
  for (const issue of [1, 3])
    await session(issue).signal(reportPullRequestSignal, world.merged(issue));
  expect(await joined.result()).toEqual({ merged: [1, 3], cancelled: [2], notStarted: [] });
  const gone = await joinRun(connected, repository, 'none').catch((error: unknown) => error);
  expect(gone).toMatchObject({ kind: 'NoSuchRun', message: 'no open run named none in acme/app' });
});
