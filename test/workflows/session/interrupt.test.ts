import { expect, test } from 'vitest';
import type { TurnEntry } from '../../../src/domain/session/session.ts';
import { SessionSettings } from '../../../src/domain/settings/session-settings.ts';
import { CoppiceError } from '../../../src/domain/shared/failure.ts';
import { detailQuery, guidanceSignal } from '../../../src/workflows/messages.ts';
import { eventually } from '../../support/eventually.ts';
import { IMPATIENT } from '../../support/fake-world.ts';
import {
  environmentOfTests,
  type SessionHandle,
  startSession,
  until,
} from '../../support/workflow-session.ts';

const environment = await environmentOfTests();

let lastIssue = 400;
const newIssue = (): number => ++lastIssue;

/** An agent that goes on until it is stopped, having understood what it was told. */
const BUSY = { underWay: true, begun: true, responded: true } as const;
/** One that is stopped before its conversation exists. */
const STARTING = { underWay: true, begun: false, responded: false } as const;

const now = (text: string) => ({ text, interrupt: true });

const inputsOf = (issue: number) =>
  environment.world.turnInputs.filter(({ location }) => location.issue === issue);

const toldTo = (issue: number): string[] => inputsOf(issue).map(({ guidance }) => guidance);

const turnBegan = (issue: number, count: number): Promise<void> =>
  eventually(() => expect(inputsOf(issue)).toHaveLength(count));

const turnsOf = async (handle: SessionHandle): Promise<TurnEntry[]> =>
  (await handle.query(detailQuery)).turns;

test('guidance that can’t wait stops the turn, and the next goes on in its conversation', async () => {
  const issue = newIssue();
  environment.world.script(issue, BUSY);
  const handle = await startSession(environment, issue);
  await turnBegan(issue, 1);
  await handle.signal(guidanceSignal, now('Leave the tests alone'));
  await until(handle, 'complete');
  const [first, second] = inputsOf(issue);
  expect(second).toMatchObject({
    kind: 'implement',
    resume: true,
    again: true,
    conversation: first?.conversation,
    guidance: 'Leave the tests alone',
  });
  expect(await turnsOf(handle)).toMatchObject([
    { outcome: 'interrupted', summary: 'stopped for your guidance' },
    { outcome: 'done' },
  ]);
  await handle.cancel();
});

test('guidance that can wait does, and comes with what could not, in order, once', async () => {
  const issue = newIssue();
  environment.world.script(issue, BUSY);
  const handle = await startSession(environment, issue);
  await turnBegan(issue, 1);
  await handle.signal(guidanceSignal, 'first');
  await eventually(async () => expect((await handle.query(detailQuery)).guidance).toHaveLength(1));
  expect(environment.world.calls).not.toContain(`stopTurn #${issue}`);
  await handle.signal(guidanceSignal, now('second'));
  await handle.signal(guidanceSignal, now('third'));
  await until(handle, 'complete');
  expect(toldTo(issue).join('\n\n')).toBe('\n\nfirst\n\nsecond\n\nthird');
  await handle.cancel();
});

test('an agent stopped before its conversation existed is started, and told all again', async () => {
  const issue = newIssue();
  const { world } = environment;
  world.script(issue, { kind: 'stuck', decision: 'which?', options: [], context: '' }, STARTING);
  const handle = await startSession(environment, issue);
  await until(handle, 'stuck');
  await handle.signal(guidanceSignal, 'the first');
  await turnBegan(issue, 2);
  await handle.signal(guidanceSignal, now('no, the second'));
  await until(handle, 'complete');
  expect(inputsOf(issue).slice(1)).toMatchObject([
    { resume: true, guidance: 'the first' },
    { resume: false, guidance: 'the first\n\nno, the second' },
  ]);
  await handle.cancel();
});

test('what an interrupted turn was for is told again, beside the guidance', async () => {
  const issue = newIssue();
  const problem = 'the check `npm test` failed';
  environment.world.outgoing.set(issue, [problem]);
  environment.world.script(issue, { kind: 'done', summary: 'did it' }, BUSY);
  const handle = await startSession(environment, issue);
  await turnBegan(issue, 2);
  await handle.signal(guidanceSignal, now('the clock is off'));
  await until(handle, 'complete');
  expect(inputsOf(issue).slice(1)).toMatchObject([
    { kind: 'nudge', context: problem, guidance: '' },
    { kind: 'nudge', context: problem, guidance: 'the clock is off' },
  ]);
  await handle.cancel();
});

test('a planning turn is interrupted too, and the next one plans as told', async () => {
  const issue = newIssue();
  const { world } = environment;
  const { settings } = world;
  world.settings = SessionSettings.parse({ ...IMPATIENT, policy: { planning: 'always' } });
  world.script(issue, BUSY);
  const handle = await startSession(environment, issue);
  await turnBegan(issue, 1);
  world.settings = settings;
  await handle.signal(guidanceSignal, now('one page'));
  await until(handle, 'complete');
  expect(inputsOf(issue)).toMatchObject([
    { kind: 'plan', guidance: '' },
    { kind: 'plan', guidance: 'one page' },
    { kind: 'implement', guidance: '' },
  ]);
  await handle.cancel();
});

test('an agent that resolves a conflict hears it in the same errand', async () => {
  const issue = newIssue();
  const { world } = environment;
  world.failures.set(`integrateRemoteCommits #${issue}`, [
    new CoppiceError('RebaseConflict', 'the commits conflict', 'README.md'),
  ]);
  const handle = await startSession(environment, issue);
  await until(handle, 'complete');
  world.script(issue, BUSY);
  await handle.signal(guidanceSignal, 'rename it');
  await until(handle, 'stuck');
  await handle.signal(guidanceSignal, 'keep both');
  await turnBegan(issue, 2);
  await handle.signal(guidanceSignal, now('no, theirs'));
  await turnBegan(issue, 4);
  expect(inputsOf(issue).slice(1)).toMatchObject([
    { kind: 'resolve', guidance: '' },
    { kind: 'resolve', context: expect.stringContaining('keep both'), guidance: 'no, theirs' },
    { kind: 'guidance', guidance: 'rename it' },
  ]);
  await handle.cancel();
});

test('a turn that ended just before is not undone: the guidance comes with the next', async () => {
  const issue = newIssue();
  const { promise, resolve } = Promise.withResolvers<{ kind: 'done'; summary: string }>();
  environment.world.script(issue, promise);
  environment.world.failures.set(`stopTurn #${issue}`, [
    new Error('the worker was killed') as CoppiceError,
  ]);
  const handle = await startSession(environment, issue);
  await turnBegan(issue, 1);
  await handle.signal(guidanceSignal, now('and the docs'));
  // The first attempt to stop it failed; before the second the agent is done.
  await eventually(() =>
    expect(environment.world.failures.get(`stopTurn #${issue}`)).toHaveLength(0),
  );
  resolve({ kind: 'done', summary: 'did it' });
  await turnBegan(issue, 2);
  await until(handle, 'complete');
  expect(await turnsOf(handle)).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }]);
  expect(toldTo(issue)).toEqual(['', 'and the docs']);
  await handle.cancel();
});

test('a session without a turn under way takes it as any guidance', async () => {
  const issue = newIssue();
  const { world } = environment;
  world.script(issue, { kind: 'stuck', decision: 'which?', options: [], context: '' });
  const handle = await startSession(environment, issue);
  await until(handle, 'stuck');
  await handle.signal(guidanceSignal, now('the first'));
  await until(handle, 'complete');
  expect(toldTo(issue)).toEqual(['', 'the first']);
  expect(world.calls).not.toContain(`stopTurn #${issue}`);
  await handle.cancel();
});

test('a session that is cancelled while it is interrupted is cancelled, its agent stopped', async () => {
  const issue = newIssue();
  const { world } = environment;
  world.script(issue, BUSY, BUSY);
  const handle = await startSession(environment, issue);
  await turnBegan(issue, 1);
  await handle.signal(guidanceSignal, now('wait'));
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  expect(world.records.get(issue)?.at(-1)?.record.status).toBe('cancelled');
  expect(world.records.get(issue)?.at(-1)?.turns.at(-1)?.endedAt).not.toBeNull();
  expect(world.calls.filter((call) => call === `stopTurn #${issue}`).length).toBe(
    inputsOf(issue).length,
  );
});
