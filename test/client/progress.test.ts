import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readBoard, recordedBoard } from '../../src/client/board.ts';
import { startRun } from '../../src/client/runs.ts';
import type { Connected } from '../../src/client/server/connected.ts';
import { cancelSession, guideSession, showSession } from '../../src/client/sessions.ts';
import { CoppiceError, TransientError } from '../../src/domain/shared/failure.ts';
import { sessionWorkflowId } from '../../src/domain/shared/identity.ts';
import { RepositoryName } from '../../src/domain/shared/repository.ts';
import { coppiceHome } from '../../src/state/home.ts';
import {
  detailFile,
  forgetOwnership,
  saveDetail,
  saveOwnership,
} from '../../src/state/session-store.ts';
import { eventually } from '../support/eventually.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import {
  startWorkflowEnvironment,
  type WorkflowEnvironment,
} from '../support/workflow-environment.ts';

const repository = RepositoryName.parse('acme/app');

let environment: WorkflowEnvironment;
let connected: Connected;
beforeAll(async () => {
  environment = await startWorkflowEnvironment();
});
beforeEach(() => {
  const { client, address } = environment;
  const home = coppiceHome({ COPPICE_HOME: temporaryDirectory('progress') });
  const server = { address, namespace: 'default', embedded: false, connectionOptions: { address } };
  connected = { client, home, server };
});
afterAll(() => environment.close());

/** A session in a step that fails so, each time. */
async function failing(issue: number, step: string, make: () => Error): Promise<void> {
  const failures = Array.from({ length: 50 }, () => make() as CoppiceError);
  environment.world.failures.set(`${step} #${issue}`, failures);
  await startRun(connected, { repository, name: `run-${issue}`, issues: [{ issue }] });
}

const recordOf = async (issue: number) => {
  const { sessions } = await readBoard(connected, repository);
  return sessions.find(({ record }) => record.issueNumber === issue)?.record;
};

test('what is tried again is told with its attempt, its last failure and its next try', async () => {
  await failing(
    1,
    'publish',
    () => new TransientError('git push failed: Empty\u001b[31m reply\n!'),
  );
  await failing(2, 'register', () => new TransientError('GitHub can’t be reached'));
  for (const [issue, activity, failure] of [
    [1, 'publish', 'git push failed: Empty reply !'],
    [2, 'register', 'GitHub can’t be reached'],
  ] as const)
    await eventually(async () => {
      const retrying = (await recordOf(issue))?.retrying;
      expect(retrying).toMatchObject({ activity, failure });
      expect(retrying?.attempt).toBeGreaterThan(2);
      expect(Date.parse(retrying?.nextTry ?? '')).toBeGreaterThan(Date.now() - 1_000);
    });
  const { detail } = await showSession(connected, repository, 1);
  expect(detail.record.retrying?.activity).toBe('publish');
  expect(detail.record.status).toBe('working');
});

test('an error of this machine that stays the same is asked about with its text, once a person can do something', async () => {
  await failing(3, 'createWorktree', () => new Error('EISDIR: illegal operation on a directory'));
  await eventually(async () =>
    expect((await recordOf(3))?.stuckReason).toBe(
      'this step keeps failing on this machine: EISDIR: illegal operation on a directory',
    ),
  );
  environment.world.failures.delete('createWorktree #3');
  await guideSession(connected, repository, 3, 'I took it away');
  await eventually(async () => expect((await recordOf(3))?.status).toBe('complete'));
});

test('a run’s sessions stay on the board when they have ended, with why, whatever is recorded here', async () => {
  const { client, world } = environment;
  const question = { kind: 'stuck' as const, decision: 'which?', options: [], context: '' };
  world.script(11, question);
  world.script(13, question);
  const refused = new CoppiceError('UnknownRepository', 'this host knows no checkout');
  world.failures.set('register #12', [refused]);
  const issues = [11, 12, 13].map((issue) => ({ issue }));
  await startRun(connected, { repository, name: 'mixed', issues });
  for (const issue of [11, 12, 13])
    await eventually(async () => expect((await recordOf(issue))?.status).toBe('stuck'));
  await cancelSession(connected, repository, 12);
  await client.workflow.getHandle(sessionWorkflowId(repository, 13)).terminate();
  await eventually(async () => {
    expect(await recordOf(12)).toMatchObject({
      ...{ status: 'cancelled', activity: 'cancelled by a person', run: 'mixed' },
    });
    expect(await recordOf(13)).toMatchObject({
      ...{ status: 'cancelled', activity: expect.stringContaining('closed from outside') },
      ...{ issueTitle: 'Issue 13', stuckReason: null },
    });
    expect((await recordOf(11))?.status).toBe('stuck');
  });
});

test('the board says of what this host still has something, and which of its records can’t be read', async () => {
  const { home } = connected;
  await startRun(connected, { repository, name: 'left', issues: [{ issue: 21 }] });
  await eventually(async () => expect((await recordOf(21))?.status).toBe('complete'));
  await cancelSession(connected, repository, 21);
  // Its run may be over by then, and off the board.
  await eventually(async () =>
    expect((await showSession(connected, repository, 21)).detail.record.status).toBe('cancelled'),
  );
  const location = {
    ...{ repository, issue: 21, hostId: 'here', checkout: '/person/app', remote: 'origin' },
    ...{ worktree: '/person/app-issue-21', branch: 'issue-21' },
  };
  const { detail } = await showSession(connected, repository, 21);
  await saveDetail(home, detail, new Date().toISOString());
  const workflowId = sessionWorkflowId(repository, 21);
  const base = { branch: 'main', tip: 'tip' };
  const createdAt = new Date().toISOString();
  await saveOwnership(home, { workflowId, location, base, createdAt, ready: true });
  mkdirSync(dirname(detailFile(home, repository, 22)), { recursive: true });
  writeFileSync(detailFile(home, repository, 22), '');

  const left = async () => [
    (await readBoard(connected, repository)).sessions.find((one) => one.workflowId === workflowId)
      ?.leftHere,
    (await recordedBoard(home, repository)).sessions[0]?.leftHere,
    (await showSession(connected, repository, 21)).leftHere,
  ];
  expect(await left()).toEqual([true, true, true]);
  await forgetOwnership(home, repository, 21);
  expect(await left()).toEqual([false, false, false]);
  const damaged = [detailFile(home, repository, 22)];
  expect(await readBoard(connected, repository)).toMatchObject({ source: 'live', damaged });
  expect(await recordedBoard(home, repository)).toMatchObject({ source: 'recorded', damaged });
});
