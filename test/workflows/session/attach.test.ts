import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { expect, test } from 'vitest';
import {
  attachUpdate,
  detachSignal,
  detailQuery,
  guidanceSignal,
  reportPullRequestSignal,
  resumeSignal,
  statusQuery,
} from '../../../src/workflows/messages.ts';
import { eventually } from '../../support/eventually.ts';
import {
  environmentOfTests,
  type SessionHandle,
  startSession,
  until,
} from '../../support/workflow-session.ts';

const environment = await environmentOfTests();
const { world } = environment;

let lastIssue = 500;

const QUESTION = {
  kind: 'stuck' as const,
  ...{ decision: 'which?', options: [], context: '' },
};

async function stuckSession() {
  const issue = ++lastIssue;
  world.script(issue, QUESTION);
  const handle = await startSession(environment, issue);
  await until(handle, 'stuck');
  return { issue, handle };
}

const request = () => ({ id: randomUUID(), holder: { pid: 1, started: 'then' } });

const attach = (handle: SessionHandle, more: { instead?: string } = {}) => {
  const asked = { ...request(), ...more };
  return handle
    .executeUpdate(attachUpdate, { args: [asked] })
    .then((attached) => ({ ...attached, id: asked.id }));
};

const refusal = async (attempt: Promise<unknown>): Promise<string> => {
  const error = await attempt.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  return (error as WorkflowUpdateFailedError).cause?.message ?? '';
};

const turnsTaken = (issue: number): number =>
  world.turnInputs.filter(({ location }) => location.issue === issue).length;

/** That a signal sent before was taken in: a query is answered after it. */
const attachedSince = async (handle: SessionHandle) =>
  (await handle.query(statusQuery)).attachedSince;

/** Whether the session did nothing between being attached and the person's leaving. */
async function wasHeld(handle: SessionHandle): Promise<boolean> {
  const events = (await handle.fetchHistory()).events ?? [];
  const left = events.findIndex(
    (event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'detach',
  );
  const tookBack = events.findIndex(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'endAttachment',
  );
  return left >= 0 && left < tookBack;
}

test('a stuck session is held for a terminal; guidance waits, and is followed when the person has left', async () => {
  const { issue, handle } = await stuckSession();
  const { id, location, kind, conversation } = await attach(handle);
  expect({ location, kind }).toMatchObject({ location: { issue }, kind: 'implement' });
  expect(conversation).toBe(world.turnInputs.at(-1)?.conversation);
  expect(await attachedSince(handle)).not.toBeNull();
  expect(await refusal(attach(handle))).toContain('attached in a terminal already');

  await handle.signal(guidanceSignal, 'use the first');
  expect((await handle.query(detailQuery)).guidance).toHaveLength(1);
  expect((await handle.query(statusQuery)).status).toBe('stuck');
  expect(turnsTaken(issue)).toBe(1);

  await handle.signal(detachSignal, { id });
  await until(handle, 'complete');
  expect(world.turnInputs.at(-1)).toMatchObject({ guidance: 'use the first', conversation });
  expect(await attachedSince(handle)).toBeNull();
  expect(await wasHeld(handle)).toBe(true);
  expect(world.calls.indexOf(`endAttachment #${issue}`)).toBeLessThan(
    world.calls.indexOf(`runTurn #${issue} guidance`),
  );
  await handle.cancel();
});

test('left unsettled it stays stuck, and can be attached again; settled it goes on', async () => {
  const { issue, handle } = await stuckSession();
  const { id } = await attach(handle);
  // What was said wrongly keeps nobody from leaving, and is shown.
  await handle.signal(detachSignal, { id, guidance: { txt: 'we took the second' } });
  await eventually(async () => expect(await attachedSince(handle)).toBeNull());
  expect(await handle.query(statusQuery)).toMatchObject({ status: 'stuck', stuckReason: 'which?' });
  expect((await handle.query(detailQuery)).refused).toMatchObject([
    { reason: expect.stringContaining('it has no txt') },
  ]);

  const again = await attach(handle);
  const guidance = { text: 'we took the second' };
  await handle.signal(detachSignal, { id: again.id, guidance });
  await until(handle, 'complete');
  expect(world.turnInputs.at(-1)).toMatchObject({ guidance: 'we took the second', resume: true });
  expect(turnsTaken(issue)).toBe(2);
  await handle.cancel();
});

test('of a terminal that is gone another takes the place, or a person takes the session back', async () => {
  const { handle } = await stuckSession();
  const lost = await attach(handle);
  const next = await attach(handle, { instead: lost.id });
  expect((await handle.query(detailQuery)).terminal?.attached?.id).toBe(next.id);
  // The old one says that it left: that is nobody's business any more.
  await handle.signal(detachSignal, { id: lost.id });
  expect(await attachedSince(handle)).not.toBeNull();
  // A run that is resumed takes nobody's terminal.
  await handle.signal(resumeSignal);
  expect(await attachedSince(handle)).not.toBeNull();
  await handle.signal(detachSignal, {});
  await eventually(async () => expect(await attachedSince(handle)).toBeNull());
  await handle.cancel();
});

test('while it is attached a complete session is not cleaned up; what was committed is pushed after', async () => {
  const issue = ++lastIssue;
  const handle = await startSession(environment, issue);
  await until(handle, 'complete');
  const { id } = await attach(handle);
  await handle.signal(
    reportPullRequestSignal,
    world.pullRequest(issue, { mergeable: 'conflicting' }),
  );
  world.leftByPerson.set(issue, 'another');
  await handle.signal(detachSignal, { id });
  await eventually(() =>
    expect(world.calls.filter((call) => call === `publish #${issue} main`)).toHaveLength(2),
  );
  await until(handle, 'complete');
  expect(await wasHeld(handle)).toBe(true);
  world.leftByPerson.delete(issue);

  const second = await attach(handle);
  await handle.signal(reportPullRequestSignal, world.merged(issue));
  expect(await attachedSince(handle)).not.toBeNull();
  expect(world.calls).not.toContain(`removeWorktree #${issue}`);
  await handle.signal(detachSignal, { id: second.id });
  expect((await handle.result()).status).toBe('merged');
  expect(world.calls.filter((call) => call === `publish #${issue} main`)).toHaveLength(2);
});

test('a session at work can’t be attached, nor one whose agent never spoke', async () => {
  const issue = ++lastIssue;
  world.script(issue, { underWay: true, begun: true, responded: true });
  const handle = await startSession(environment, issue);
  await eventually(() => expect(turnsTaken(issue)).toBe(1));
  expect(await refusal(attach(handle))).toMatch(/it is working \(.*\), and only/);
  await handle.cancel();

  const other = await startSession(environment, ++lastIssue, { cancelled: [1] });
  await until(other, 'stuck');
  expect(await refusal(attach(other))).toContain('no conversation yet');
  await other.cancel();
});

test('cancelling ends an attached session', async () => {
  const { handle } = await stuckSession();
  await attach(handle);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  expect(await handle.query(statusQuery)).toMatchObject({
    status: 'cancelled',
    attachedSince: null,
  });
});
